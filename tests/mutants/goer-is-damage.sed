# SPDX-License-Identifier: MIT
# A producer that comes while a queue is diagnosed, and goes, is taken for damage.
# file: diagnose_queue.c
# test: metrics/check_meanwhile
/^static int check_positions/,/^}/s/(!alive \&\& cell_load_acquire(epoch) == before)/!alive/
