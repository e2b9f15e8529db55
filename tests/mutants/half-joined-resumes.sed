# SPDX-License-Identifier: MIT
# A group that was left half joined goes on where its position says.
# file: group.c
# test: unit/check_group
/^int nabdi_group_join/,/^}/s/NABD_SHM_SETTLED(group)/NABD_SHM_HOLDS(group)/
