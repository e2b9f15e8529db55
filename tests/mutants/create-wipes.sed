# SPDX-License-Identifier: MIT
# Opening with NABD_CREATE begins with an empty queue.
# file: handle.c
# test: unit/check_handle
s/rc = attach(r, place, q);/if ((r->flags \& NABD_CREATE) != 0)\n\t\t\t(void)nabdi_segment_unlink(place);\n\t\t&/
