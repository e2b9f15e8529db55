# SPDX-License-Identifier: MIT
# The offset of a slot is cut to 32 bits.
# file: ring.h
# test: unit/check_ring
s/(size_t)((uint32_t)sequence & ring->mask)/((uint32_t)sequence \& ring->mask)/
