# SPDX-License-Identifier: MIT
# The offset of a slot is cut to 32 bits.
# file: nabd/inline_steps.h
# test: unit/check_ring
s/NABD_INLINE_CAST(size_t, slot) \* ring->stride/slot * ring->stride/
