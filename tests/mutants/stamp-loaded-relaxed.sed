# SPDX-License-Identifier: MIT
# The stamp is loaded without acquire (edge A).
# file: ring.h
# test: tsan/threads
/nabdi_ring_observe/,/^}/s/cell_load_acquire/cell_load_relaxed/
