# SPDX-License-Identifier: MIT
# The evicted are told a head that is too low.
# file: group.c
# test: unit/check_producer_evict
/^bool nabdi_group_evict/,/^}/s/&group->closed_head, head)/\&group->closed_head, head - 1)/
