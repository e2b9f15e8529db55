# SPDX-License-Identifier: MIT
# The producer tells the oldest message after it has taken the slot away.
# file: producer.c
# test: model/over
/^static uint64_t overwrite/,/^}/{
	/cell_store_release(&p->shm->tail, p->floor);/d
	s/return limit - p->head;/cell_store_release(\&p->shm->tail, p->floor);\n\t&/
}
