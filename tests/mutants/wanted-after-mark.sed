# SPDX-License-Identifier: MIT
# A sender says what it wants after its mark.
# file: wait.c
# test: model/sleep-impatient
/^uint64_t nabdi_waiter_mark/,/^}/{
	s/const uint64_t slots = slots_wanted(waiter, patient && !armed);/want = slots_wanted(waiter, patient \&\& !armed);/
	s/uint64_t longest = .*/&\n	uint64_t want = 0;/
	/cell_store_release(&nabdi_segment_consumers/d
	/waiter->sender->floor + slots);/d
	s/if (slots > 1/if (want > 1/
	s/^	return longest;/	if (waiter->sender != NULL)\n		cell_store_release(\&nabdi_segment_consumers(waiter->segment)->waits.wanted, waiter->sender->floor + want);\n&/
}
