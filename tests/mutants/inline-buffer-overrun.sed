# SPDX-License-Identifier: MIT
# A message is copied into a buffer that is too small.
# file: nabd/inline.h
# test: inline/check_receive
s/payload == NULL || have > \*len)/payload == NULL)/
