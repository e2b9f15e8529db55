# SPDX-License-Identifier: MIT
# A line is left to its heir with no store that the heir loads, seen by two threads (edge F).
# file: claim.h
# test: tsan/groups
/^static inline void nabdi_claim_leave/,/^}/{
	/if (line->begin != line->end)/{
		N
		d
	}
}
