# SPDX-License-Identifier: MIT
# A successor does not ask whether the message below head is there.
# file: producer.c
# test: unit/check_producer_takeover
/^static int find_head/,/^}/{
	/if (stored > 0/{
		N
		d
	}
}
