# SPDX-License-Identifier: MIT
# Who seeks keeps what it held.
# file: seek.c
# test: unit/check_seek
/^int nabdi_member_seek/,/^}/{
	/forget_held(m, m->own);/d
}
