# SPDX-License-Identifier: MIT
# Between the watermarks the queue is not pressured any more.
# file: pressure.c
# test: behaviour/check_pressure
/^void nabdi_pressure_see/,/^}/s/fill <= pressure->low_at/fill < pressure->high_at/
