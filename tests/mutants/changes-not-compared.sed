# SPDX-License-Identifier: MIT
# The producer looks at the roster alone, not at the count of changes (edge C).
# file: group.c
# test: model/seek-back
/^uint64_t nabdi_group_renew/,/^}/s/ && changes == watch->changes//
