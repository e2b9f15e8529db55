# SPDX-License-Identifier: MIT
# A dead letter that is declined is dropped.
# file: member.c
# test: behaviour/check_groups_letters
/^static bool bury/,/^}/s/rc != 0 || !nabdi_claim_open/rc > 1000 || !nabdi_claim_open/
