# SPDX-License-Identifier: MIT
# What members hold is counted as lost.
# file: member.c
# test: unit/check_member_end
/^int nabdi_member_learn_end/,/^}/s/lost = head - (word & NABD_SHM_SEQUENCE);/lost = head - (word \& NABD_SHM_SEQUENCE) + m->own->end - m->own->begin;/
