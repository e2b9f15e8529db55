# SPDX-License-Identifier: MIT
# A sleeper reads the bell only after its mark.
# file: bell.c
# test: model/sleep-two
/^bool nabdi_bell_mark/,/^}/{
	/^	\*value = /d
	s/^	cell_fetch_or(bell->marks, mark);.*/&\n	*value = cell32_load_acquire(bell->word);/
}
