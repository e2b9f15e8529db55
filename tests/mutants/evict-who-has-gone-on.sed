# SPDX-License-Identifier: MIT
# A group that held the full producer, and has gone on, is evicted for another that does.
# file: producer.c
# test: behaviour/check_groups_evict
/^static bool probe(/,/^}/s/nabdi_group_low(p->consumers, g, p->floor, p->head) != p->floor/false/
