# SPDX-License-Identifier: MIT
# One lost message too few is told.
# file: resume.c
# test: behaviour/check_resume
s/resume->sequence - sequence : 0/resume->sequence - sequence - 1 : 0/
