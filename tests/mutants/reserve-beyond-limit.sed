# SPDX-License-Identifier: MIT
# A reservation does not ask whether a slot is free.
# file: producer.h
# test: unit/check_producer
/^static inline int nabdi_producer_reserve(/,/^}/{
	/p->head == p->limit/{
		N
		d
	}
}
