# SPDX-License-Identifier: MIT
# The same when the batch is given up.
# file: producer.h
# test: unit/check_pressure
/^static inline int nabdi_producer_abort/,/^}/s/nabd_unlikely(state == SEND_BATCH && p->pressure.on)/0/
