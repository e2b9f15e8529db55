# SPDX-License-Identifier: MIT
# The short way to the next message does not ask whether the group has ended.
# file: member.h
# test: unit/check_member
/^static inline bool nabdi_member_next/,/^}/{
	/ m->alone ||$/{
		N
		s/ ||\n.*/)/
	}
}
