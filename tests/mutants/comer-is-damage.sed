# SPDX-License-Identifier: MIT
# A producer that comes while a queue is diagnosed, and stays, is taken for damage.
# file: diagnose_queue.c
# test: metrics/check_meanwhile
/^static int check_positions/,/^}/s/if (rc == NABD_OK || alive)/if (true)/
