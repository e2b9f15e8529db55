# SPDX-License-Identifier: MIT
# A group may hold a full producer for as long as it likes.
# file: producer.c
# test: unit/check_producer_evict
/^static bool probe/,/^}/{
	/any |= evict_stalled/d
}
