# SPDX-License-Identifier: MIT
# A queue of another version of the format is accepted.
# file: layout.c
# test: unit/check_layout
/if (id.version != NABD_SHM_VERSION)/{
	N
	d
}
