# SPDX-License-Identifier: MIT
# Histograms that were scribbled over add up to something small.
# file: latency.c
# test: unit/check_latency
s/return a + b >= a ? a + b : UINT64_MAX;.*/return a + b;/
