# SPDX-License-Identifier: MIT
# A seek leaves its guard in the line.
# file: seek.c
# test: unit/check_seek
/^int nabdi_member_seek/,/^}/{
	/cell_store_release(&m->own->shm->guard, 0);/d
}
