# SPDX-License-Identifier: MIT
# What a member counts goes to another member's histogram.
# file: member_timed.c
# test: metrics/check_latency
s/(unsigned)(m->own->shm - first)/(unsigned)(m->own->shm - first) ^ 1/
