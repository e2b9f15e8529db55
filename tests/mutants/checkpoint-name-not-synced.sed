# SPDX-License-Identifier: MIT
# A save returns before the name of a new file is on the disk.
# file: save.c
# test: checkpoint/powerloss
/^static int put_file/,/^}/s/nabdi_os_sync(p->dirfd)/NABD_OK/
