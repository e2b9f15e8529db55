# SPDX-License-Identifier: MIT
# A save made by itself leaves its errno to the receiving call.
# file: resume.c
# test: behaviour/check_resume
/^static void save_sometimes/,/^}/s/errno = saved;//
