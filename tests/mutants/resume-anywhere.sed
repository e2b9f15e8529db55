# SPDX-License-Identifier: MIT
# A group goes on at a position that can't be right.
# file: group.c
# test: unit/check_group
/^static bool sane/,/^}/s/return .*;/return (void)position, (void)tail, slots > 0;/
