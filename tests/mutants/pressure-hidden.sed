# SPDX-License-Identifier: MIT
# That the pressure is over is not shown.
# file: pressure.c
# test: metrics/check_metrics_calls
/pressure->high = false;/{
	N
	s/show(pressure);/;/
}
