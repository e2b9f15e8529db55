# SPDX-License-Identifier: MIT
# What a dead member was given counts as never delivered.
# file: claim.c
# test: unit/check_member
/^enum nabdi_heritage nabdi_claim_inherit/,/^}/s/nabdi_claim_again(line);/line->inherited = true;/
