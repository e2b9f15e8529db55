# SPDX-License-Identifier: MIT
# A symbolic link is followed.
# file: os_shm.c
# test: unit/check_segment
/^int nabdi_os_open_file/,/^}/s/ | O_NOFOLLOW//
