# SPDX-License-Identifier: MIT
# A line is left to its heir with no store that the heir loads, seen by two threads (edge F).
# The rest, the bell above all, would order them too: it comes a little later here.
# file: membership.c
# test: tsan/groups
/^void nabdi_member_leave/,/^}/{
	s/^			nabdi_claim_leave(&m->room\[i\]);/			;/
	/nabdi_member_leave_line(&m->room\[i\], forked);/a\
		nabdi_os_sleep_ns(100000);
}
