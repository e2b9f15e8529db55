# SPDX-License-Identifier: MIT
# What a batch had beyond a watermark stays credit.
# file: producer.c
# test: unit/check_pressure
/^int nabdi_producer_commit_batch/,/^}/{
	/nabdi_producer_give_up(p, head + n);/d
}
