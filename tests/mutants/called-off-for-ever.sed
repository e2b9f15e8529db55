# SPDX-License-Identifier: MIT
# Who was called off once is so each time.
# file: wait.c
# test: behaviour/check_wait_ends
/^bool nabdi_waiter_woken/,/^}/{
	s/ &&$/;/
	/cell32_compare_exchange/d
}
