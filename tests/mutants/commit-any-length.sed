# SPDX-License-Identifier: MIT
# More may be committed than was reserved.
# file: producer.h
# test: unit/check_producer
/^static inline int nabdi_producer_commit(/,/^}/{
	/nabdi_producer_reserved/{
		N
		d
	}
}
