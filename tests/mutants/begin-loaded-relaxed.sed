# SPDX-License-Identifier: MIT
# The producer loads what members hold without acquire (edge B).
# file: group.c
# test: model/claim-running
/^uint64_t nabdi_group_low/,/^}/s/begin = cell_load_acquire/begin = cell_load_relaxed/
