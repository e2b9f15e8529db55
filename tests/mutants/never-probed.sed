# SPDX-License-Identifier: MIT
# A full producer does not ask whether those that hold it live.
# file: producer.c
# test: unit/check_producer_evict
/^static bool probe/,/^}/s/if (now - p->probed_ns < PROBE_EVERY_NS)/if (now != 0)/
