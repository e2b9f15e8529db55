# SPDX-License-Identifier: MIT
# The producer is not asked to look again before a claim is inherited (edge C).
# file: claim.c
# test: unit/check_claim
/^static enum nabdi_heritage kept/,/^}/{
	/nabdi_group_disturb/d
}
