# SPDX-License-Identifier: MIT
# After a change the producer asks only those at its floor (edge C).
# file: group.c
# test: unit/check_group
/^uint64_t nabdi_group_renew/,/^}/s/watch->low\[g\] = floor;/;/
