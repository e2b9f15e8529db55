# SPDX-License-Identifier: MIT
# A new file gets its name before it is on the disk.
# file: save.c
# test: checkpoint/powerloss
/^static int make_file/,/^}/s/nabdi_os_sync(\*fd)/NABD_OK/
