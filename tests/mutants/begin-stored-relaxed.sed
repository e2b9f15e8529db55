# SPDX-License-Identifier: MIT
# A member stores what it holds still without release (edge B).
# file: claim.h
# test: model/claim-running
/^static inline void nabdi_claim_release/,/^}/s/cell_store_release/cell_store_relaxed/
