# SPDX-License-Identifier: MIT
# A queue is removed as read whose group is said to be beyond what was sent.
# file: recover.c
# test: metrics/check_recover
/^static int count_unread(/,/^}/s/rc == NABD_OK && beyond(&segment, view.head)/false/
