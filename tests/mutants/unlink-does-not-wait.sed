# SPDX-License-Identifier: MIT
# A name is removed while another makes sure of it.
# file: segment.c
# test: metrics/check_recover
/^int nabdi_segment_unlink/,/^}/s/rc = lock_name(fd);/;/
