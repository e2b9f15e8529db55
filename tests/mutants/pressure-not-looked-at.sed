# SPDX-License-Identifier: MIT
# A queue under pressure looks only when it is full.
# file: pressure.c
# test: unit/check_pressure
/^uint64_t nabdi_pressure_room/,/^}/s/^	return pressure->slots > .*/	return pressure->slots;/
