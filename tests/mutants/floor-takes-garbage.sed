# SPDX-License-Identifier: MIT
# A position that can't be right counts as one at head.
# file: group.c
# test: unit/check_group
/^uint64_t nabdi_group_low/,/^}/s/return from;/return head;/
