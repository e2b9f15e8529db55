# SPDX-License-Identifier: MIT
# A group is evicted only when it is behind by more than it may.
# file: group.c
# test: unit/check_producer_evict
/^uint64_t nabdi_group_evict/,/^}/s/< limit/<= limit/g
