# SPDX-License-Identifier: MIT
# What the producer may be overwriting is inherited.
# file: claim.c
# test: unit/check_claim
/^static enum nabdi_heritage kept/,/^}/s/HERITAGE_UNSURE : HERITAGE_HELD/HERITAGE_HELD : HERITAGE_HELD/
