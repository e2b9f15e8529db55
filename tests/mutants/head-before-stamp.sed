# SPDX-License-Identifier: MIT
# Head is stored before the message is there.
# file: nabd/inline_steps.h
# test: fault/kill_step.reserve-commit.half
/nabd_inline_publish(/,/^}/{
	/nabd_inline_show(/d
	s/return NABD_INLINE_DONE;/nabd_inline_show(payload, head, len);\n\t&/
}
