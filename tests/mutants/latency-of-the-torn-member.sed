# SPDX-License-Identifier: MIT
# The same in a group.
# file: member_timed.c
# test: metrics/check_latency
s/if (!m->claims.overwrite || nabdi_over_whole(&m->over, payload, sequence))/if (1)/
