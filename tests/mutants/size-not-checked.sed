# SPDX-License-Identifier: MIT
# A file cut short is accepted.
# file: layout.c
# test: unit/check_layout
/if (file_bytes != id.total)/{
	N
	d
}
