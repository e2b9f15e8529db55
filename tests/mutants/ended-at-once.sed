# SPDX-License-Identifier: MIT
# An ephemeral group goes while members live.
# file: membership.c
# test: unit/check_reap
/^bool nabdi_member_abandoned/,/^}/s/ && !alive;/;/
