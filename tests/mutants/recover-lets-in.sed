# SPDX-License-Identifier: MIT
# A queue is removed under the hands of one who opens it meanwhile.
# file: recover.c
# test: metrics/check_meanwhile
/^static int remove_queue/,/^}/s/nabdi_role_alone(&segment, &hold)/NABD_OK/
