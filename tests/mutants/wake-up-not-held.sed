# SPDX-License-Identifier: MIT
# A message that wakes a sleeper is not the reserved one while it is committed again.
# file: nabd/inline_steps.h
# test: inline/path
/nabd_inline_publish(/,/^}/{
	/tx->open = len << 32/d
}
