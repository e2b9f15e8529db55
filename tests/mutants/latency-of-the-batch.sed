# SPDX-License-Identifier: MIT
# All of a peeked batch is counted, whatever of it is released.
# file: member_timed.c
# test: metrics/check_latency
/^int nabdi_member_timed_release_batch(/,/^}/s/count(m, m->line->begin, n)/count(m, m->line->begin, m->peeked)/
