# SPDX-License-Identifier: MIT
# What a member leaves wakes nobody.
# file: membership.c
# test: model/sleep-leave
/^void nabdi_member_leave/,/^}/{
	/nabdi_bell_ring(/d
}
