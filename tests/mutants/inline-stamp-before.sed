# SPDX-License-Identifier: MIT
# The stamp is there before the payload: seen through a program.
# file: nabd/inline_steps.h
# test: inline_tsan/threads
/nabd_inline_send(/,/^}/s/nabd_inline_copy(/nabd_inline_show(payload, tx->head, len);\n\t&/
