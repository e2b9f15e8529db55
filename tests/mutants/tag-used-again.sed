# SPDX-License-Identifier: MIT
# A group gets the tag of one whose members live still.
# file: membership.c
# test: unit/check_membership
/^static int make/,/^}/s/while (made == 0 || (used >> (made & 63) & 1) != 0)/while (made == 0 \&\& used < 99)/
