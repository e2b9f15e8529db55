# SPDX-License-Identifier: MIT
# A producer sleeps on what a seek has let go of.
# file: seek.c
# test: behaviour/check_wait_space
/^int nabdi_member_seek/,/^}/{
	/NABDI_BELL_SENDER/d
}
