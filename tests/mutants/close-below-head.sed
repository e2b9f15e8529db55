# SPDX-License-Identifier: MIT
# The evicted are told a head that is too low.
# file: group.c
# test: unit/check_producer_evict
/^bool nabdi_group_give_up/,/^}/s/&g->closed_head, before, head)/\&g->closed_head, before, head - 1)/
