# SPDX-License-Identifier: MIT
# A new group begins with the lines of a former one.
# file: membership.c
# test: unit/check_membership
/^static int make/,/^}/{
	/cell_store_release(&g->members, 0);/d
}
