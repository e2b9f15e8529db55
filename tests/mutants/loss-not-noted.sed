# SPDX-License-Identifier: MIT
# What a group lost by being passed is known to its member alone.
# file: member.c
# test: metrics/check_metrics
/^static void lose/,/^}/s/nabdi_note_shared(.*/(void)m;/
