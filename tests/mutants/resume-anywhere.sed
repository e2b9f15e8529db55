# SPDX-License-Identifier: MIT
# A group goes on at a position that can't be right.
# file: group.c
# test: unit/check_group
/^static int resume/,/^}/s/return \*next >= low .*/return lap > 0 || low > tail ? NABD_OK : NABD_CORRUPT;/
