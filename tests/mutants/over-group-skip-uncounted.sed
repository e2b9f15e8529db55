# SPDX-License-Identifier: MIT
# Messages that a group skips are not counted.
# file: member.c
# test: model/over-members
/^static int claim/,/^}/{
	s/lose(m, gap);/;/
}
