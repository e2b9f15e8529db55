# SPDX-License-Identifier: MIT
# The slowest group is taken to hold the floor for ever.
# file: group.c
# test: unit/check_producer
/^bool nabdi_group_holds/,/^}/s/head) == floor)/head) >= floor)/
