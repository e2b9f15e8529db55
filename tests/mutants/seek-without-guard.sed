# SPDX-License-Identifier: MIT
# A seek does not hold the target while it asks (edge C).
# file: seek.c
# test: unit/check_seek
/^static bool guard/,/^}/{
	/cell_store_release(&m->own->shm->guard, target + 1);/d
}
