# SPDX-License-Identifier: MIT
# A save overwrites the newest record.
# file: save.c
# test: checkpoint/powerloss
/^static int write_older/,/^}/s/1 - p->which/p->which/
