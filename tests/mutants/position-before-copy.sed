# SPDX-License-Identifier: MIT
# The slot is given back before the message is copied out of it.
# file: consumer.h
# test: tsan/threads
/^static inline int nabdi_consumer_pop(/,/^}/ {
	s/return nabdi_consumer_advance(c, 1);/return NABD_OK;/
	s/nabdi_copy_short(.*;/(void)nabdi_consumer_advance(c, 1);\n\t&/
}
