# SPDX-License-Identifier: MIT
# The coarse clock is one that the kernel must be asked for.
# file: os_misc.c
# test: behaviour/check_hot_path
s/CLOCK_MONOTONIC_COARSE/CLOCK_PROCESS_CPUTIME_ID/
