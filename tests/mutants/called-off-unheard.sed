# SPDX-License-Identifier: MIT
# Who is called off in his sleep sleeps on.
# file: wait.c
# test: model/sleep-called-off
/^void nabdi_waiter_wake/,/^}/{
	/nabdi_bell_ring(/d
}
