# SPDX-License-Identifier: MIT
# The first group begins at head like the others.
# file: group.c
# test: unit/check_group
/^static bool mark/,/^}/s/ || (!start->newest && !nabdi_group_any_open(consumers, roster))//
