# SPDX-License-Identifier: MIT
# The short ways go on with the messages of a line that a seek has emptied.
# file: seek.c
# test: unit/check_member
/^int nabdi_member_seek/,/^}/{
	/m->quick = 0;/d
}
