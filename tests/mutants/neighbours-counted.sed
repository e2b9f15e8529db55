# SPDX-License-Identifier: MIT
# All that a member holds counts as handed out with the first.
# file: claim.h
# test: unit/check_member
/^static inline void nabdi_claim_hand_out/,/^}/s/line->handed = line->begin + n;/line->handed = line->end;/
