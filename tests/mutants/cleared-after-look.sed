# SPDX-License-Identifier: MIT
# A descriptor is cleared behind its mark and the look.
# file: ready.c
# test: model/sleep-poll
/^int nabdi_party_arm/,/^}/s/^	return nabdi_party_ready(party);/	rc = nabdi_party_ready(party);\n	(void)nabdi_os_watch_arm(\&waiter->watch, nabdi_waiter_slice(waiter));\n	return rc;/
