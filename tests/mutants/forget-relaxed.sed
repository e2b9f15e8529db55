# SPDX-License-Identifier: MIT
# A member forgets its line without release (edge B).
# file: claim.c
# test: model/claim-running
/^static void forget/,/^}/s/cell_store_release/cell_store_relaxed/
