# SPDX-License-Identifier: MIT
# A sleeper without a barrier does not ask others to fence.
# file: bell.c
# test: model/sleep-fence
/^bool nabdi_bell_mark/,/^}/{
	/if (rc == NABD_SYSTEM)/d
	/cell_fetch_or(bell->marks, NABD_SHM_FENCE);/d
}
