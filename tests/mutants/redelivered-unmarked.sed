# SPDX-License-Identifier: MIT
# What comes again is not marked.
# file: member.c
# test: unit/check_member
/^int nabdi_member_message/,/^}/s/line->inherited || deliveries > 1 ? NABD_MSG_REDELIVERED : 0/0/
