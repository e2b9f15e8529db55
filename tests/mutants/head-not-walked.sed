# SPDX-License-Identifier: MIT
# A successor believes the stored head.
# file: producer.c
# test: unit/check_producer_takeover
/^static int find_head/,/^}/s/while (stored - floor < slots/while (stored < floor/
