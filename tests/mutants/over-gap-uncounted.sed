# SPDX-License-Identifier: MIT
# Messages that a member finds overwritten are not counted.
# file: member.c
# test: model/over-members
/^static int skip_overwritten/,/^}/{
	s/lose(m, gone);/;/
}
