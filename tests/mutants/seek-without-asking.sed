# SPDX-License-Identifier: MIT
# A seek does not ask how far the producer will go (edge C).
# file: seek.c
# test: unit/check_seek
/^static bool guard/,/^}/s/return !below.*/return target != UINT64_MAX;/
