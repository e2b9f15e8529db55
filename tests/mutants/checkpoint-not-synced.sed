# SPDX-License-Identifier: MIT
# A save returns before its record is on the disk.
# file: save.c
# test: checkpoint/powerloss
/^static int write_older/,/^}/s/nabdi_os_sync_data(p->fd)/NABD_OK/
