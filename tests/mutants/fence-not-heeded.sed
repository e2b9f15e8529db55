# SPDX-License-Identifier: MIT
# Who publishes does not fence where that is asked for.
# file: bell.c
# test: model/sleep-fenced
/^static uint64_t marked/,/^}/{
	/cell_fence_full();/d
}
