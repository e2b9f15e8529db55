# SPDX-License-Identifier: MIT
# A message that is being written is taken for whole (edge G).
# file: over.h
# test: model/over
/^static inline bool nabdi_over_unfinished/,/^}/s/return .*/return stamp == 0;/
