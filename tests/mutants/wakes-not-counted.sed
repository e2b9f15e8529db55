# SPDX-License-Identifier: MIT
# A waking is not counted.
# file: bell.c
# test: metrics/check_metrics
/^int nabdi_bell_messages_slow/,/^}/s/nabdi_note_shared(wakes_of(segment, (unsigned)__builtin_ctzll(a)), 1);/;/
