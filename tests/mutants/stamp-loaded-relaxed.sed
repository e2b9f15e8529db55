# SPDX-License-Identifier: MIT
# The stamp is loaded without acquire (edge A).
# file: nabd/inline_steps.h
# test: tsan/threads
s/return nabd_inline_load_acquire(nabd_inline_stamp(payload))/return nabd_inline_load_relaxed(nabd_inline_stamp(payload))/
