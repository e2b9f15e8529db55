# SPDX-License-Identifier: MIT
# A length beyond the slot is believed.
# file: nabd/inline_steps.h
# test: unit/check_consumer
/nabd_inline_look(/,/^}/s/NABD_INLINE_CAST(uint32_t, \*stamp) > rx->ring.slot_size/0/
