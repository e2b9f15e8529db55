# SPDX-License-Identifier: MIT
# A forked child may use its parent's consumers.
# file: handle.h
# test: behaviour/check_groups_fork
/^static inline int nabdi_consumer_check/,/^}/{
	/nabdi_handle_forked/{
		N
		d
	}
}
