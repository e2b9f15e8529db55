# SPDX-License-Identifier: MIT
# A queue of a machine of another byte order is not told apart.
# file: layout.c
# test: unit/check_layout
/if (id.byte_order == swapped)/{
	N
	d
}
