# SPDX-License-Identifier: MIT
# A newcomer counts a change before its mark alone: the roster may be passed before the
# old group is struck, and the count be read behind that (edge C).
# file: group.c
# test: model/join-again
/^static uint64_t settle/,/^}/s/nabdi_group_disturb(consumers);//
