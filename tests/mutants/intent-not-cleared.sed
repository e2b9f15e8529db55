# SPDX-License-Identifier: MIT
# A line is written anew without being empty between.
# file: claim.c
# test: unit/check_claim_race
/^static void intend/,/^}/{
	/if (line->begin != line->end)/{
		N
		d
	}
}
