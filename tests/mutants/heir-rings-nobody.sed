# SPDX-License-Identifier: MIT
# A member that serves a dead one's claim first keeps its own message from others.
# file: member.c
# test: model/sleep-heir
/^static void look_sometimes/,/^}/{
	/if (m->other != NULL)$\|nabdi_bell_ring(/d
}
