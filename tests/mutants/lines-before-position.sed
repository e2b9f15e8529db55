# SPDX-License-Identifier: MIT
# The producer reads the lines before the position (edge E).
# file: group.c
# test: model/claim-running
/^uint64_t nabdi_group_low/,/^}/{
	s/const uint64_t word = cell_load_acquire(&g->position);/uint64_t early[NABD_SHM_MEMBERS], word;\n\n\tfor (unsigned m = 0; m < NABD_SHM_MEMBERS; m++)\n\t\tearly[m] = group == 0 || (cell_load_relaxed(\&g->members) >> m \& 1) == 0 ? 0 :\n\t\t\tcell_load_acquire(\&consumers->member[group - 1][m].begin);\n\tword = cell_load_acquire(\&g->position);/
	s/begin = cell_load_acquire(.*;/begin = early[lowest_bit(members)];/
}
