# SPDX-License-Identifier: MIT
# A slot is given back before it was read.
# file: nabd/inline.h
# test: inline_tsan/threads
/rx->published, position/s/__ATOMIC_RELEASE/__ATOMIC_RELAXED/
