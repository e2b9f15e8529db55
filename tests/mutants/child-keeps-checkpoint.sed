# SPDX-License-Identifier: MIT
# A child of a process that dies in the middle of a save has the file open, and its lock.
# file: save.c
# test: behaviour/check_checkpoint_held
/^static int open_place/,/^}/s/nabdi_os_fork_watch(.*/;/
