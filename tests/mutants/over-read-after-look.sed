# SPDX-License-Identifier: MIT
# What is read may be read after the second look (edge G).
# file: over.h
# test: model/over-in-place
/^static inline bool nabdi_over_whole/,/^}/{
	/cell_fence_acquire();/d
}
