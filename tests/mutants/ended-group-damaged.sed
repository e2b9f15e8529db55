# SPDX-License-Identifier: MIT
# Who joins a group that ends meanwhile takes its position for damaged.
# file: group.c
# test: unit/check_group
/It may end at any moment/{n;s/if (!nabdi_group_open(word, group))/if (0)/}
