# SPDX-License-Identifier: MIT
# A message bears the time at which its slot was reserved.
# file: producer_timed.c
# test: metrics/check_latency
/^int nabdi_producer_timed_commit(/,/^}/{
	/set_time/d
}
/^int nabdi_producer_timed_reserve(/,/^}/s/^	begin(p);/	set_time(nabdi_ring_payload(\&p->ring, p->head), nabdi_os_steady_ns());\n&/
