# SPDX-License-Identifier: MIT
# A queue without times is opened as one that has them.
# file: handle.c
# test: metrics/check_latency_calls
/NABD_TIMESTAMPS) != 0 && !have->times/,+1d
