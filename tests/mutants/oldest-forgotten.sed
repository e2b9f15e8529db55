# SPDX-License-Identifier: MIT
# The first group does not mark that the backlog is its own.
# file: group.c
# test: unit/check_group
/^static bool mark/,/^}/s/(low ? NABD_SHM_OLDEST(group) : 0)/(low ? 0 : 0)/
