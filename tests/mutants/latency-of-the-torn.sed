# SPDX-License-Identifier: MIT
# The time of a message that was overwritten is counted.
# file: consumer_timed.c
# test: metrics/check_latency
s/if (!c->overwrite || nabdi_over_whole(&c->over, payload, sequence))/if (1)/
