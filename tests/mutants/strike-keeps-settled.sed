# SPDX-License-Identifier: MIT
# A group made anew keeps the mark that its position is final.
# file: group.c
# test: behaviour/check_groups_end
/^void nabdi_group_strike/,/^}/{
	s/ | NABD_SHM_SETTLED(group)//
}
