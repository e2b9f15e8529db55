# SPDX-License-Identifier: MIT
# A position that can't be right counts as one at head.
# file: group.c
# test: unit/check_group
/if (behind > used)/{
	n
	s/behind = used/behind = 0/
}
