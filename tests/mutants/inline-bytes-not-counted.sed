# SPDX-License-Identifier: MIT
# Bytes that are sent in place are not counted.
# file: nabd/inline_steps.h
# test: inline/path
/nabd_inline_publish(/,/^}/s/(shown + 1) + len)/(shown + 1))/
