# SPDX-License-Identifier: MIT
# A member left behind keeps a new group from vanishing.
# file: membership.c
# test: unit/check_reap
/^static int ask_members/,/^}/s/if (rc != NABD_OK || !\*alive)/if (made != 12345)/
