# SPDX-License-Identifier: MIT
# A claim does not look at which group it is.
# file: claim.c
# test: unit/check_claim
/^int nabdi_claim_take/,/^}/s/if (!nabdi_group_has_tag(word, claims->tag))/if (word == ~claims->tag)/
