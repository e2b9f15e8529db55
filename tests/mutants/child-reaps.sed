# SPDX-License-Identifier: MIT
# A forked child ends its parent's group.
# file: membership.c
# test: unit/check_reap
/^void nabdi_member_leave/,/^}/s/if (!was_member || forked)/if (!was_member)/
