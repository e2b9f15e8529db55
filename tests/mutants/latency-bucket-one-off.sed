# SPDX-License-Identifier: MIT
# An age is counted in the bucket beside its own.
# file: latency.c
# test: unit/check_latency
s/latency->bucket\[nabdi_latency_bucket(age)\]/latency->bucket[nabdi_latency_bucket(age + (age >> 3))]/
