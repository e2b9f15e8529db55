# SPDX-License-Identifier: MIT
# What a dead member was not given yet counts as delivered.
# file: claim.c
# test: unit/check_member
/^void nabdi_claim_again/,/^}/{
	/if ((int64_t)(line->handed - line->begin) <= 0)/{
		N
		d
	}
	s/line->mark = line->handed;/line->mark = line->end;/
}
