# SPDX-License-Identifier: MIT
# A group whose maker could not be a member is left behind.
# file: membership.c
# test: unit/check_membership
/^static int join_locked/,/^}/s/if (made && rc != NABD_OK && /if (made \&\& rc == 12345 \&\& /
