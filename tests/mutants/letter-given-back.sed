# SPDX-License-Identifier: MIT
# A dead letter that was taken is delivered nevertheless.
# file: member.c
# test: unit/check_member_end
/^static bool bury/,/^}/{
	/nabdi_member_release(m, m->line, 1);/d
	s/return true;/return false;/
}
