# SPDX-License-Identifier: MIT
# A newcomer does not look at head again after its mark (edge C).
# file: group.c
# test: unit/check_group_race
/^static void join_later/,/^}/s/\*next = cell_load_acquire(.*/*next = cell_load_relaxed(position);/
