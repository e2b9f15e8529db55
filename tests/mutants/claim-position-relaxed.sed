# SPDX-License-Identifier: MIT
# The producer loads a group's position without acquire (edge E).
# file: group.c
# test: model/claim-running
/^uint64_t nabdi_group_low/,/^}/s/cell_load_acquire(&g->position)/cell_load_relaxed(\&g->position)/
