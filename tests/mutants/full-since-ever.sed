# SPDX-License-Identifier: MIT
# How long the queue is full is counted from the first time, not from this one.
# file: producer.c
# test: unit/check_producer_evict
s/^\t\tp->full_ns = nabdi_os_coarse_ns();/\t\tp->full_ns = p->full_ns != 0 ? p->full_ns : nabdi_os_coarse_ns();/
