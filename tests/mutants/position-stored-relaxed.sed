# SPDX-License-Identifier: MIT
# The position is stored without release (edge B).
# file: consumer.h
# test: tsan/threads
/nabdi_consumer_advance/,/^}/s/cell_store_release/cell_store_relaxed/
