# SPDX-License-Identifier: MIT
# The mark in the roster is a load and a store (edge C).
# file: group.c
# test: model/join-oldest
/^static bool mark/,/^}/s/seen = cell_compare_exchange(&consumers->roster, roster, .*/seen = roster;\n\t\tcell_store_release(\&consumers->roster,/
