# SPDX-License-Identifier: MIT
# A checkpoint says what the group gives out next, and not what is done.
# file: save.c
# test: behaviour/check_checkpoint
/^static int take/,/^}/s/now->sequence = nabdi_group_low.*/now->sequence = nabdi_group_sequence(cell_load_acquire(m->claims.position), m->group);/
