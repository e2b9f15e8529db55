# SPDX-License-Identifier: MIT
# A member's line is emptied without release (edge B).
# file: claim.h
# test: tsan/groups
/^static inline void nabdi_claim_release/,/^}/s/cell_store_release/cell_store_relaxed/
