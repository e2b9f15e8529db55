# SPDX-License-Identifier: MIT
# The mean is had from a sum that has gone round.
# file: latency.c
# test: unit/check_latency
s/if (all < HALF_A_WORD)/if (all >= 0)/
