# SPDX-License-Identifier: MIT
# Members sleep on what a seek went back to.
# file: seek.c
# test: behaviour/check_wait_groups
/^int nabdi_member_seek/,/^}/{
	/nabdi_bell_ring(m->segment, m->group)/d
}
