# SPDX-License-Identifier: MIT
# A queue that stays full is told of at each look.
# file: pressure.c
# test: behaviour/check_pressure
/^void nabdi_pressure_see/,/^}/s/pressure->full && !was_full/pressure->full/
