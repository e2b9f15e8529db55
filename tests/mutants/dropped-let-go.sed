# SPDX-License-Identifier: MIT
# What the only group left is lost when it is dropped.
# file: group.c
# test: unit/check_producer_evict
/^static uint64_t let_go/,/^}/s/!= NABD_SHM_EVICTED/== 0/
