# SPDX-License-Identifier: MIT
# What a vanished group held is kept for ever.
# file: group.c
# test: unit/check_producer_evict
/^static uint64_t let_go/,/^}/s/return floor + most;/return floor;/
