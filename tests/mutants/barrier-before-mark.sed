# SPDX-License-Identifier: MIT
# A sleeper makes its barrier before its mark (edge I).
# file: bell.c
# test: model/sleep-small
/^bool nabdi_bell_mark/,/^}/{
	/rc = nabdi_os_barrier();/d
	s/^	\*value = .*/	rc = nabdi_os_barrier();\n&/
}
