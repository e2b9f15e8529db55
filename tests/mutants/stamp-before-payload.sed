# SPDX-License-Identifier: MIT
# The stamp is stored before the payload is copied.
# file: producer.h
# test: tsan/threads
/^static inline int nabdi_producer_push(/,/^}/ {
	/nabdi_copy_short(/d
	s/nabdi_ring_publish(.*;/&\n\tnabdi_copy_short(payload, data, payload, len);/
}
