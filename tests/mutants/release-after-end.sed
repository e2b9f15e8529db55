# SPDX-License-Identifier: MIT
# A release does not ask whether the group has ended (edge H).
# file: member.h
# test: model/drop
/^static inline int nabdi_member_done(/,/^}/s/ || !nabdi_claim_open(&m->claims)//
