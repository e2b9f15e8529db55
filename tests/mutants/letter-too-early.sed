# SPDX-License-Identifier: MIT
# A message is given up one delivery too early.
# file: member.c
# test: unit/check_member_end
/^static bool too_often/,/^}/s/ > m->max_deliveries/ >= m->max_deliveries/
