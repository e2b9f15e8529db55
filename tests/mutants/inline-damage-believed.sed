# SPDX-License-Identifier: MIT
# The length of a damaged stamp is believed.
# file: nabd/inline.h
# test: inline/check_corrupt
s/\*len > rx->ring.slot_size/0/
