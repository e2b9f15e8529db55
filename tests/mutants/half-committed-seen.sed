# SPDX-License-Identifier: MIT
# While a message is being committed, its reader is told of damage.
# file: ring.h
# test: fault/park.push.half
/^static inline void nabdi_ring_publish/,/^}/s/cell_store_release(/cell_store_relaxed(nabdi_ring_stamp(payload), UINT64_MAX);\n\t&/
