# SPDX-License-Identifier: MIT
# A newcomer counts no change.
# file: group.c
# test: unit/check_group
/^static bool mark/,/^}/{
	/cell_fetch_add(&consumers->changes, 1);/d
}
/^static uint64_t settle/,/^}/{
	/nabdi_group_disturb/d
}
