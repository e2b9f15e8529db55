# SPDX-License-Identifier: MIT
# A group that has ended holds the producer.
# file: group.c
# test: unit/check_group
/^uint64_t nabdi_group_low/,/^}/s/return NABDI_GROUP_CLOSED;/return from + low;/
