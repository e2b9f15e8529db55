# SPDX-License-Identifier: MIT
# The producer loads positions without acquire (edge B).
# file: group.c
# test: tsan/threads
/^uint64_t nabdi_group_low/,/^}/s/cell_load_acquire(&g->position)/cell_load_relaxed(\&g->position)/
