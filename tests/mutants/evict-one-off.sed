# SPDX-License-Identifier: MIT
# A group is evicted only when it is behind by more than it may.
# file: group.c
# test: unit/check_producer_evict
/^bool nabdi_group_evict/,/^}/s/< limit/<= limit/g
