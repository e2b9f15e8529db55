# SPDX-License-Identifier: MIT
# The producer does not ask for guards (edge C).
# file: group.c
# test: model/seek-back
/^uint64_t nabdi_group_low/,/^}/s/if (guard != 0 && guard - 1 - from < low)/if (guard == UINT64_MAX)/
