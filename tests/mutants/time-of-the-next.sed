# SPDX-License-Identifier: MIT
# The time of the message that has overwritten it is told.
# file: latency.c
# test: metrics/check_latency_calls
/^int nabdi_latency_sent(/,/^}/{
	s/!nabdi_ring_is(stamp, msg->sequence) || nabdi_over_unfinished(stamp)/0/
	s/nabdi_over_passed(.*))$/0)/
}
