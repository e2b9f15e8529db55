# SPDX-License-Identifier: MIT
# Long slots are laid out like short ones.
# file: layout.c
# test: behaviour/check_opts
s/return slot_size >= LONG_SLOT ? 64 : 8;/return 8;/
