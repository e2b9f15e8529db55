# SPDX-License-Identifier: MIT
# Nobody looks for what dead members hold.
# file: member.c
# test: unit/check_member
/^static void look_sometimes/,/^}/{
	/look_for_dead(m);/d
}
