# SPDX-License-Identifier: MIT
# Percentiles are told one bucket too high.
# file: latency.h
# test: unit/check_latency
s/bucket % 8) << (bucket \/ 8 - 1)/(bucket + 1) % 8) << (bucket \/ 8 - 1)/
