# SPDX-License-Identifier: MIT
# A newcomer does not ask how far the producer will go (edge C).
# file: group.c
# test: model/join-oldest
/^static uint64_t settle/,/^}/{
	/if (above(told, next))/{
		N
		d
	}
}
