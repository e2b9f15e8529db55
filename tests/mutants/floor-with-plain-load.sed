# SPDX-License-Identifier: MIT
# The producer passes the roster with a load alone (edge C).
# file: group.c
# test: model/join-oldest
s/= cell_fetch_or(&consumers->roster, 0)/= cell_load_acquire(\&consumers->roster)/
