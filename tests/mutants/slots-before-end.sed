# SPDX-License-Identifier: MIT
# What a producer writes may be seen before the end that set it free (edge H).
# file: group.c
# test: model/drop
/^uint64_t nabdi_group_renew/,/^}/{
	/cell_fence_release();/d
}
