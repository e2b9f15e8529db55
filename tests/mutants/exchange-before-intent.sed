# SPDX-License-Identifier: MIT
# A member moves the position before it writes its intent (edge E).
# file: claim.c
# test: model/claim-running
/^int nabdi_claim_take/,/^}/{
	/intend(line, at, at + n);/d
	s/if (seen == word)$/&/
	s/seen = cell_compare_exchange(claims->position, word, word + n);.*/&\n\t\t\tif (seen == word)\n\t\t\t\tintend(line, at, at + n);/
}
