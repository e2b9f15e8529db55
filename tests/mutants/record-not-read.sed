# SPDX-License-Identifier: MIT
# A member left behind believes that its group ended like the new one.
# file: member.c
# test: unit/check_member_end
/^int nabdi_member_learn_end/,/^}/{
	/if (cell_load_acquire(m->claims.position) != word ||/{
		N
		N
		N
		N
		d
	}
}
