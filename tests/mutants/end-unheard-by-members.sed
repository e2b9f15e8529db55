# SPDX-License-Identifier: MIT
# Members that sleep do not learn the end of their group.
# file: membership.c
# test: behaviour/check_wait_groups
/^static void tell_end/,/^}/{
	/nabdi_bell_ring(segment, group)/d
}
