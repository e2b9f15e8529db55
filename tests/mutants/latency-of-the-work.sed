# SPDX-License-Identifier: MIT
# The age is that of the release, and so has the work of the receiver in it.
# file: consumer_timed.c
# test: metrics/check_latency
/^int nabdi_consumer_timed_release(/,/^}/s/^	count(c, 1);/	c->taken_ns = nabdi_os_steady_ns();\n&/
