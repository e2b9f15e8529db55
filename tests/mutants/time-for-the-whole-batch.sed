# SPDX-License-Identifier: MIT
# A batch shares one time, however long it is.
# file: producer_timed.c
# test: metrics/check_latency
s/i % NABDI_LATENCY_MESSAGES == 0 || bytes - clock->bytes >= NABDI_LATENCY_BYTES/i == 0/
