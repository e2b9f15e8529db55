# SPDX-License-Identifier: MIT
# A lag beyond the ring is never reached.
# file: group.c
# test: unit/check_producer_evict
/^uint64_t nabdi_group_evict/,/^}/{
	/if (limit > slots)/{
		N
		d
	}
}
