# SPDX-License-Identifier: MIT
# Every look at a full queue is counted.
# file: producer.c
# test: unit/check_producer
s/if (!p->was_full)/if (p->shm != NULL)/
