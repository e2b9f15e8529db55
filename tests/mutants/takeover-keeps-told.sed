# SPDX-License-Identifier: MIT
# A new producer leaves told as high as its predecessor, who may not have been sure, had it.
# file: producer.c
# test: unit/check_producer_takeover
/cell_store_release(&shm->told, p->floor)/d
