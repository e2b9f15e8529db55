# SPDX-License-Identifier: MIT
# The stamp is stored without release (edge A).
# file: ring.h
# test: tsan/threads
/nabdi_ring_publish/,/^}/s/cell_store_release/cell_store_relaxed/
