# SPDX-License-Identifier: MIT
# A successor does not wake those whom its predecessor could not.
# file: producer.c
# test: model/sleep-successor
/^int nabdi_producer_begin/,/^}/{
	/nabdi_bell_ring_all(/d
}
