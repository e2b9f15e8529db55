# SPDX-License-Identifier: MIT
# There is no look behind an armed mark.
# file: ready.c
# test: model/sleep-poll
/^int nabdi_party_arm/,/^}/s/^	return nabdi_party_ready(party);/	return 0;/
