# SPDX-License-Identifier: MIT
# Of the members only the first is counted.
# file: metrics.c
# test: metrics/check_metrics
/^static void add_lines/,/^}/s/m < NABD_SHM_MEMBERS/m < 1/
