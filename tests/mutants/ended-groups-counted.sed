# SPDX-License-Identifier: MIT
# Where only ended groups are, one that comes is not the first.
# file: group.c
# test: behaviour/check_groups_end
/^bool nabdi_group_any_open/,/^}/s/nabdi_group_open(cell_load_acquire(&consumers->group\[g\].position), g)/consumers != NULL/
