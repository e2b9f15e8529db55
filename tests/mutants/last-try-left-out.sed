# SPDX-License-Identifier: MIT
# A wait whose time is over does not look once more.
# file: wait.c
# test: model/sleep-message-first
/^bool nabdi_wait_on/,/^}/s/^	else$/	if (wait->last != NABD_OK) {\n		*rc = wait->last;\n		return false;\n	} else/
