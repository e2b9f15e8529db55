# SPDX-License-Identifier: MIT
# The slots of a queue with times have no room for them.
# file: layout.c
# test: metrics/check_latency_calls
s/round_up(words_before(g.times) + slot_size, align)/round_up(words_before(false) + slot_size, align)/
