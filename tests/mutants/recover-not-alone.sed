# SPDX-License-Identifier: MIT
# Who removes a queue is not alone with it.
# file: role.c
# test: metrics/storm
/^int nabdi_role_alone/,/^}/s/NABD_SHM_LOCK_ATTACHED, false/900u, false/
