# SPDX-License-Identifier: MIT
# A member that was woken does not look for what others left.
# file: wait.c
# test: model/sleep-leave
/^uint64_t nabdi_waiter_mark/,/^}/s/^		waiter->member->looked_ns = 0;/		;/
