# SPDX-License-Identifier: MIT
# The sum of several readers' ages stops at its end, as counts do.
# file: latency.c
# test: unit/check_latency
s/latency->sum_ns += cell_load_relaxed(&shm->sum_ns);/latency->sum_ns = plus(latency->sum_ns, cell_load_relaxed(\&shm->sum_ns));/
