# SPDX-License-Identifier: MIT
# A claim of a former group is inherited.
# file: claim.c
# test: unit/check_claim
/^enum nabdi_heritage nabdi_claim_inherit/,/^}/s/cell_load_acquire(&line->shm->made) == made/made != 0/
