# SPDX-License-Identifier: MIT
# More may be committed than was reserved.
# file: nabd/inline_steps.h
# test: unit/check_producer
/nabd_inline_end(/,/^}/s/len > tx->open >> 32/0/
