# SPDX-License-Identifier: MIT
# The length of a damaged stamp is believed: seen through a program.
# file: nabd/inline_steps.h
# test: inline/check_corrupt
/nabd_inline_look(/,/^}/s/NABD_INLINE_CAST(uint32_t, \*stamp) > rx->ring.slot_size/0/
