# SPDX-License-Identifier: MIT
# A push does not ask whether a slot is free.
# file: producer.h
# test: unit/check_producer
/^static inline int nabdi_producer_push(/,/^}/s/nabd_unlikely(head == p->limit) || //
