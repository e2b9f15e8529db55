# SPDX-License-Identifier: MIT
# A member that finds nothing keeps its last intent.
# file: claim.c
# test: unit/check_claim_race
/^int nabdi_claim_take/,/^}/{
	/^		forget(line);/d
}
