# SPDX-License-Identifier: MIT
# An intent that came to nothing wakes no producer.
# file: member.c
# test: model/sleep-retracted
/^static int claim(/,/^}/s/nabd_unlikely(m->own->retracted)/0/
