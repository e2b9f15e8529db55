# SPDX-License-Identifier: MIT
# A reader that was overtaken goes on one too far.
# file: over.h
# test: unit/check_over
/^static inline uint64_t nabdi_over_oldest/,/^}/s/next = tail;/next = tail + 1;/
