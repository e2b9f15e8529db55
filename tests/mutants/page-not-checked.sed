# SPDX-License-Identifier: MIT
# Regions that can't be mapped apart are accepted.
# file: layout.c
# test: unit/check_layout
/if (id.page % page != 0)/{
	N
	d
}
