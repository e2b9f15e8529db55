# SPDX-License-Identifier: MIT
# An onlooker takes a group that comes for one that has not come yet.
# file: look.c
# test: model/look-first
/^static uint64_t position_of/,/^}/s/NABD_SHM_HOLDS(DEFAULT_GROUP)/NABD_SHM_SETTLED(DEFAULT_GROUP)/
