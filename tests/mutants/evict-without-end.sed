# SPDX-License-Identifier: MIT
# The producer forgets a group that is too slow, and does not end it.
# file: group.c
# test: unit/check_producer_evict
/^uint64_t nabdi_group_evict/,/^}/s/if (!nabdi_group_give_up(.*/if (word == ~head)/
