# SPDX-License-Identifier: MIT
# The slowest group is taken to hold the floor for ever.
# file: group.h
# test: unit/check_producer
/^static inline int nabdi_group_holds/,/^}/s/ == floor;/ >= floor;/
