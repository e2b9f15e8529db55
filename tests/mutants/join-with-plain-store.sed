# SPDX-License-Identifier: MIT
# The mark in the roster is a load and a store (edge C).
# file: group.c
# test: unit/check_group_race
/^static void join_later/,/^}/s/cell_fetch_or(&consumers->roster, \(NABD_SHM_HOLDS(group)\));/cell_store_release(\&consumers->roster,\n\t\t\t   cell_load_acquire(\&consumers->roster) | \1);/
