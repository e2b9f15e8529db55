# SPDX-License-Identifier: MIT
# What is read in place may be older than the stamp.
# file: nabd/inline.h
# test: inline_tsan/threads
s/__ATOMIC_ACQUIRE/__ATOMIC_RELAXED/
