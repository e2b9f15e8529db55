# SPDX-License-Identifier: MIT
# A message is counted when it is peeked at, and again when it is released.
# file: consumer_timed.c
# test: metrics/check_latency
/rc = nabdi_consumer_peek(c, data, len);/a\
	if (rc == NABD_OK)\
		count(c, 1);
