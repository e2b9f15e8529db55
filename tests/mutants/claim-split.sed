# SPDX-License-Identifier: MIT
# A claim is a load and a store (edge E).
# file: claim.c
# test: model/claim
/^int nabdi_claim_take/,/^}/s/seen = cell_compare_exchange(claims->position, word, word + n);.*/seen = cell_load_acquire(claims->position);\n\t\t\tif (seen == word)\n\t\t\t\tcell_store_release(claims->position, word + n);/
