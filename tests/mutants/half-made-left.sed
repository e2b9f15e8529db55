# SPDX-License-Identifier: MIT
# A queue that could not be made leaves its file open.
# file: segment.c
# test: unit/check_faults
/^int nabdi_segment_make/,/^}/{
	/nabdi_segment_leave(place, &s);/d
}
