# SPDX-License-Identifier: MIT
# A checkpoint of another group is overwritten.
# file: save.c
# test: behaviour/check_checkpoint
s/if (p->newest.group != m->group ||/if (/
