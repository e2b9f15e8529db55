# SPDX-License-Identifier: MIT
# The evicted are not told what they held.
# file: member.c
# test: unit/check_member_end
/^int nabdi_member_learn_end/,/^}/s/m->counts.held = m->own->end - m->own->begin;/m->counts.held = 0;/
