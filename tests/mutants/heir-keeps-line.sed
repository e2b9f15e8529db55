# SPDX-License-Identifier: MIT
# Who has served a dead member's line keeps its lock.
# file: member.c
# test: unit/check_member
/^static void drop_other/,/^}/{
	/nabdi_member_leave_line/d
}
