# SPDX-License-Identifier: MIT
# A forked child may use its parent's handle.
# file: handle.h
# test: unit/check_handle
/^static inline int nabdi_handle_check/,/^}/{
	/nabdi_handle_forked/{
		N
		d
	}
}
