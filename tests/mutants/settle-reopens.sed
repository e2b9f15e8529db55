# SPDX-License-Identifier: MIT
# Settling opens a group again that was removed meanwhile.
# file: group.c
# test: unit/check_group_close
s/if (nabdi_group_has_tag(word, tag))/if ((word \& ~NABD_SHM_SEQUENCE \& ~NABD_SHM_STATE) == (tag \& ~NABD_SHM_STATE))/
