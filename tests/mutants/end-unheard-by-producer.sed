# SPDX-License-Identifier: MIT
# A producer that sleeps does not learn that a group was dropped.
# file: membership.c
# test: behaviour/check_wait_space
/^static void tell_end/,/^}/{
	/NABDI_BELL_SENDER/d
}
