# SPDX-License-Identifier: MIT
# A forked child keeps its parent's roles.
# file: os_lock.c
# test: unit/check_os_lock_fork
s/MADV_DONTFORK/MADV_NORMAL/
