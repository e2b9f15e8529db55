# SPDX-License-Identifier: MIT
# The producer's state is touched before its role is had.
# file: handle.c
# test: unit/check_handle
/^static int settle/,/^}/{
	s/rc = nabdi_role_enter(/rc = producer ? nabdi_producer_begin(\&q->tx, \&q->segment) : NABD_OK;\n\tif (rc == NABD_OK)\n\t\t&/
	s/if (rc == NABD_OK && producer)/if (rc == NABD_OK \&\& producer \&\& q->magic != 0)/
}
