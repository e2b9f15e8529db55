# SPDX-License-Identifier: MIT
# A producer that overwrites waits for its readers.
# file: producer.c
# test: unit/check_over
/^uint64_t nabdi_producer_renew/,/^}/s/if (p->overwrite)/if (p->overwrite \&\& p->head == 0)/
