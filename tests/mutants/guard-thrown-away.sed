# SPDX-License-Identifier: MIT
# A dead seeker's guard is taken away without a word to the producer (edge C).
# file: claim.c
# test: unit/check_claim
/^enum nabdi_heritage nabdi_claim_inherit/,/^}/{
	/nabdi_group_disturb/d
}
