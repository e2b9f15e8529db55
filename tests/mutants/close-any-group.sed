# SPDX-License-Identifier: MIT
# A group is ended also by whoever means one that was there before.
# file: group.c
# test: unit/check_group_close
/^static bool close_at/,/^}/s/ && nabdi_group_has_tag(word, tag)/ \&\& (tag != 0 || i == 0)/
