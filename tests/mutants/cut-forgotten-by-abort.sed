# SPDX-License-Identifier: MIT
# The same when the batch is given up.
# file: producer.h
# test: unit/check_pressure
/^static inline int nabdi_producer_abort/,/^}/{
	/nabdi_producer_give_up(p, p->head);/d
}
