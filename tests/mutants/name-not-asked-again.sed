# SPDX-License-Identifier: MIT
# Who opens does not ask whether the name was removed meanwhile.
# file: handle.c
# test: metrics/storm
s/if (rc == NABD_OK && named)/if (rc == NABD_OK \&\& named \&\& q == NULL)/
