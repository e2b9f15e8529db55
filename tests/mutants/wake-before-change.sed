# SPDX-License-Identifier: MIT
# Who wakes changes the bell only after that.
# file: bell.c
# test: model/sleep-small
/^static uint32_t ring/,/^}/{
	/cell32_fetch_add(word, 1);/d
	s/woken = nabdi_os_wake(word, n);/&\n	cell32_fetch_add(word, 1);/
}
