# SPDX-License-Identifier: MIT
# The producer loads what members hold without acquire, seen by two threads.
# file: group.c
# test: tsan/groups
/^uint64_t nabdi_group_low/,/^}/s/begin = cell_load_acquire/begin = cell_load_relaxed/
