# SPDX-License-Identifier: MIT
# Delays double for ever.
# file: backoff.c
# test: behaviour/check_backoff
/^int nabdi_backoff_wait/,/^}/s/b->delay_ns = b->delay_ns <= .*/b->delay_ns *= 2, b->cap_ns = UINT64_MAX;/
