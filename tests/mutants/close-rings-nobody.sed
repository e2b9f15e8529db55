# SPDX-License-Identifier: MIT
# Those who wait for a producer do not learn that it has closed.
# file: handle.c
# test: behaviour/check_wait_gone
/^static void let_go/,/^}/{
	/nabdi_producer_state/d
	/nabdi_bell_ring_all(/d
}
