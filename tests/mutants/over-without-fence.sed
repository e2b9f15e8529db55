# SPDX-License-Identifier: MIT
# What is written to a slot may be seen before the word that it will be (edge G).
# file: over.h
# test: model/over-in-place
/^static inline void nabdi_over_begin/,/^}/s/^\tcell_fence_release();//
