# SPDX-License-Identifier: MIT
# A reader that slept takes a stamp for the one of 2^32 messages before.
# file: over.h
# test: unit/check_over
/^static inline bool nabdi_over_whole/,/^}/s/if (nabd_likely(now - over->sure_ns < NABDI_OVER_SURE_NS))/if (now != 1)/
