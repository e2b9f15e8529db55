# SPDX-License-Identifier: MIT
# Unread messages do not keep a queue.
# file: recover.c
# test: metrics/check_recover
s/return discard ? NABD_OK : NABD_STATE;/return NABD_OK;/
