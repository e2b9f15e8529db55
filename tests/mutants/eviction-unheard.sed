# SPDX-License-Identifier: MIT
# Members that sleep do not learn that their group was evicted for its lag.
# file: producer.c
# test: behaviour/check_wait_groups
/^static uint64_t look_again/,/^}/{
	/nabdi_bell_ring_all(/d
}
