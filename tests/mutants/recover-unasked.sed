# SPDX-License-Identifier: MIT
# What was only to be said is done.
# file: recover.c
# test: metrics/check_recover
/^static bool announce/,/^}/s/return do_it;/return true;/
