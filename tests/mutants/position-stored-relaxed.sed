# SPDX-License-Identifier: MIT
# The position is stored without release (edge B).
# file: nabd/inline_steps.h
# test: tsan/threads
s/nabd_inline_store_release(rx->published, position)/cell_store_relaxed(nabdi_steps_cell(rx->published), position)/
