# SPDX-License-Identifier: MIT
# Every producer reads the clock.
# file: producer.c
# test: metrics/check_latency
s/segment->geometry.times ? SEND_TIMED : SEND_IDLE/SEND_TIMED/
