# SPDX-License-Identifier: MIT
# While a message is being committed, its reader is told of damage.
# file: nabd/inline_steps.h
# test: fault/park.push.half
/nabd_inline_show(/,/^}/s/nabd_inline_store_release(/nabd_inline_store_release(nabd_inline_stamp(payload), UINT64_MAX);\n\t&/
