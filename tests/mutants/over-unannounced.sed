# SPDX-License-Identifier: MIT
# A slot is written without a word before (edge G).
# file: over.h
# test: model/over
/^static inline void nabdi_over_begin/,/^}/{
	/cell_store_release/d
	s/cell_fence_release();/(void)payload, (void)sequence;/
}
