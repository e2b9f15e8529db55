# SPDX-License-Identifier: MIT
# A member left behind is not told how its group ended.
# file: membership.c
# test: unit/check_membership
/^static int clear_lines/,/^}/{
	/leave_record(/d
}
