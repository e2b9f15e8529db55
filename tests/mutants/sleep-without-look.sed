# SPDX-License-Identifier: MIT
# A sleeper does not look again behind its mark.
# file: wait.c
# test: model/sleep-small
/^static void go_on/,/^}/s/wait->phase = WAIT_SLEEP;/sleep_once(wait, now);\n		wait->phase = WAIT_MARK;/
