# SPDX-License-Identifier: MIT
# Head is stored before the message is there.
# file: producer.h
# test: fault/kill_step.reserve-commit.half
/^static inline int nabdi_producer_commit(/,/^}/{
	/nabdi_ring_publish(/d
	s/return nabdi_producer_advance(p, 1, len);/(void)nabdi_producer_advance(p, 1, len);\n\tnabdi_ring_publish(nabdi_ring_payload(\&p->ring, p->head - 1), p->head - 1, (uint32_t)len);\n\treturn NABD_OK;/
}
