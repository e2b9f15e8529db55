# SPDX-License-Identifier: MIT
# Asking whether a message could be sent takes the oldest away from readers.
# file: producer.c
# test: unit/check_over
/^int nabdi_producer_waiting/,/^}/s/return p->overwrite || /return /
