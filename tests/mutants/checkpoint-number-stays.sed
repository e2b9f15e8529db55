# SPDX-License-Identifier: MIT
# A save has the number of the one before.
# file: save.c
# test: checkpoint/powerloss
s/now.saves = p->newest.saves + 1/now.saves = p->newest.saves/
