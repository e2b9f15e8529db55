# SPDX-License-Identifier: MIT
# Peeking again makes the message older.
# file: member_timed.c
# test: metrics/check_latency
s/if (!again)/if (1)/
