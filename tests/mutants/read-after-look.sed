# SPDX-License-Identifier: MIT
# What is read in place may be read after the look at the group (edge H).
# file: member.h
# test: model/drop
/^static inline int nabdi_member_done(/,/^}/{
	/cell_fence_acquire();/d
}
