# SPDX-License-Identifier: MIT
# A file that is no queue is removed.
# file: segment.c
# test: unit/check_segment
/^int nabdi_segment_unlink/,/^}/{
	/nabdi_layout_is_queue/{
		N
		d
	}
}
