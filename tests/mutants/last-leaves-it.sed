# SPDX-License-Identifier: MIT
# An ephemeral group stays when its last member leaves.
# file: membership.c
# test: unit/check_reap
/^void nabdi_member_leave/,/^}/{
	/nabdi_member_reap_group(/d
}
