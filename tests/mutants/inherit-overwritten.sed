# SPDX-License-Identifier: MIT
# An intent that came to nothing is inherited though it was overwritten.
# file: claim.c
# test: unit/check_claim
/^static enum nabdi_heritage kept/,/^}/{
	/if ((int64_t)(begin - tail) < 0)/{
		N
		d
	}
}
