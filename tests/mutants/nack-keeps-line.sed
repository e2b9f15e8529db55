# SPDX-License-Identifier: MIT
# What is given back stays locked with who gave it.
# file: nack.c
# test: unit/check_nack
/^int nabdi_member_nack/,/^}/s/nabdi_member_leave_line(line, false);/line->shm = NULL;/
