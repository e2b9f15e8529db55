# SPDX-License-Identifier: MIT
# The position of a batch is read before the handle has joined.
# file: consumer.c
# test: behaviour/check_receive
/^int nabdi_consumer_pop_batch/,/^}/{
	s/^	int rc = nabdi_consumer_ready(c);/	const uint64_t early = c->position;\n&/
	s/position = c->position;/position = early;/
}
