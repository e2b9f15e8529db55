# SPDX-License-Identifier: MIT
# A producer sleeps on what a group that came has no use for.
# file: membership.c
# test: model/sleep-join
/^static int join_one/,/^}/{
	/nabdi_bell_ring(/d
}
