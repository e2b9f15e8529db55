# SPDX-License-Identifier: MIT
# Messages that the default group missed are not counted.
# file: consumer_over.c
# test: unit/check_consumer_over
/^static int lose/,/^}/{
	/c->lost += messages;/d
}
