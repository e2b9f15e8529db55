# SPDX-License-Identifier: MIT
# Text that does not fit is written all the same.
# file: text.c
# test: metrics/check_format
s/const size_t left = .*/const size_t left = text->size;/
