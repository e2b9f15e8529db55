# SPDX-License-Identifier: MIT
# A record that another wrote is taken to be on the disk.
# file: save.c
# test: checkpoint/powerloss
s/if (!nabdi_os_same(&p->file, &saver->known) .*/if (false)/
