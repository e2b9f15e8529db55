# SPDX-License-Identifier: MIT
# A member writes where its claim begins before where it ends.
# file: claim.c
# test: unit/check_claim_race
/^static void intend/,/^}/{
	/cell_store_release(&line->shm->begin, begin + 1);/d
	s/cell_store_release(&line->shm->end, end);.*/cell_store_release(\&line->shm->begin, begin + 1);\n\t&/
}
