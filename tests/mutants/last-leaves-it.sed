# SPDX-License-Identifier: MIT
# An ephemeral group stays when its last member leaves.
# file: membership.c
# test: unit/check_reap
/^void nabdi_member_leave/,/^}/{
	/if (was_member && !forked)/{
		N
		d
	}
}
