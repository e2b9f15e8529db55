# SPDX-License-Identifier: MIT
# The guard is withdrawn before the producer has to look at the position (edge C).
# file: seek.c
# test: unit/check_seek
/^int nabdi_member_seek/,/^}/{
	/nabdi_group_disturb/d
}
