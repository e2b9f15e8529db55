# SPDX-License-Identifier: MIT
# The highest fill is not noted.
# file: producer.c
# test: metrics/check_metrics
s/nabdi_note_most(&p->shm->high_fill, p->head - p->floor);/;/
