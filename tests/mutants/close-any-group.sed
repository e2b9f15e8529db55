# SPDX-License-Identifier: MIT
# A group is ended also by whoever means one that was there before.
# file: group.c
# test: unit/check_group_close
/^bool nabdi_group_close/,/^}/s/ && nabdi_group_has_tag(word, tag)/ \&\& (tag != 0 || i == 0)/
