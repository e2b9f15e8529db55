# SPDX-License-Identifier: MIT
# A new group begins with what members of a former one held.
# file: membership.c
# test: unit/check_membership
/^static int clear_lines/,/^}/s/cell_store_release(&lines\[i\].begin, 0);/;/
