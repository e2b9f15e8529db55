# SPDX-License-Identifier: MIT
# A dead member's claim is judged after the group has ended.
# file: claim.c
# test: unit/check_claim
/^enum nabdi_heritage nabdi_claim_inherit/,/^}/{
	/if (!nabdi_group_has_tag(word, claims->tag))/{
		N
		d
	}
}
