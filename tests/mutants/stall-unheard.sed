# SPDX-License-Identifier: MIT
# Members that sleep do not learn that their group was evicted as it stalled.
# file: producer.c
# test: unit/check_bell
/^static bool evict_stalled/,/^}/{
	/nabdi_bell_ring(/d
}
