# SPDX-License-Identifier: MIT
# A flipped bit in the header is accepted.
# file: layout.c
# test: unit/check_layout
/if (id.crc != /{
	N
	d
}
