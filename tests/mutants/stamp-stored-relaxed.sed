# SPDX-License-Identifier: MIT
# The stamp is stored without release (edge A).
# file: nabd/inline_steps.h
# test: tsan/threads
/nabd_inline_show(/,/^}/s/nabd_inline_store_release(\(nabd_inline_stamp(payload)\)/cell_store_relaxed(nabdi_steps_cell(\1)/
