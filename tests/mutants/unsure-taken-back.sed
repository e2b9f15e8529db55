# SPDX-License-Identifier: MIT
# What is left in a line is sure, whether there is a producer or not.
# file: member.c
# test: unit/check_member
/^static int take_line/,/^}/s/ == NABD_OK && !alive)/ == NABD_OK)/
