# SPDX-License-Identifier: MIT
# A copy into a queue that is overwritten is not made of atomic words (edge G).
# file: copy.h
# test: tsan/groups
/^static inline void nabdi_copy_into_slot/,/^}/s/cell_store_release((nabd_cell64 \*)(void \*)\(.*\), word)/memcpy(\1, \&word, 8)/
