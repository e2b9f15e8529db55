# SPDX-License-Identifier: MIT
# The stamp is stored before the payload is copied.
# file: nabd/inline_steps.h
# test: tsan/threads
/nabd_inline_send(/,/^}/s/nabd_inline_copy(/nabd_inline_show(payload, tx->head, len);\n\t&/
