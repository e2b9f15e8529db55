# SPDX-License-Identifier: MIT
# An onlooker whose walk found nothing believes the head that it read before.
# file: look.c
# test: model/look-twice
/^static uint64_t find_head/,/^}/s/return now > head ? now : head;/return head;/
