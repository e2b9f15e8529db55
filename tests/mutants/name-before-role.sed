# SPDX-License-Identifier: MIT
# A new queue has its name before its maker has the producer's role.
# file: handle.c
# test: unit/check_handle
/^static int create/,/^}/{
	/rc = settle(q, false);/{
		s//rc = nabdi_segment_publish(place, \&q->segment);/
		b
	}
	s/rc = nabdi_segment_publish(place, &q->segment);/rc = settle(q, false);/
}
