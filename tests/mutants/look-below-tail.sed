# SPDX-License-Identifier: MIT
# An onlooker is told a position that was overwritten, below tail.
# file: look.c
# test: unit/check_look
/^static uint64_t position_of/,/^}/s/return (int64_t).*;/return view->position;/
