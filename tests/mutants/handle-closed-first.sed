# SPDX-License-Identifier: MIT
# A handle is closed under its consumers.
# file: api_open.c
# test: behaviour/check_groups_arguments
/^NABD_API int nabd_close/,/^}/{
	/if (cell_load_acquire(&q->consumers) != 0)/{
		N
		d
	}
}
