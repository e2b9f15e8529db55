# SPDX-License-Identifier: MIT
# Marks are taken away only after waking.
# file: bell.c
# test: model/sleep
/^int nabdi_bell_messages_slow/,/^}/{
	/marks &= cell_fetch_and/d
	s/^	if (left != 0)/	(void)cell_fetch_and(\&waits->readers, ~marks);\n&/
}
