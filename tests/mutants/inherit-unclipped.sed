# SPDX-License-Identifier: MIT
# What the group has not given out is inherited.
# file: claim.c
# test: unit/check_claim
/^enum nabdi_heritage nabdi_claim_inherit/,/^}/s/end = given;.*/end += 0;/
