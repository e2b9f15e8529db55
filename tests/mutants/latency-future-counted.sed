# SPDX-License-Identifier: MIT
# A message of the future is counted as very old.
# file: latency.c
# test: metrics/check_latency
s/sent_ns == 0 || taken_ns < sent_ns/sent_ns == 0/
