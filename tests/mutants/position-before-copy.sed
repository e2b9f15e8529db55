# SPDX-License-Identifier: MIT
# The slot is given back before the message is copied out of it.
# file: nabd/inline_steps.h
# test: tsan/threads
/nabd_inline_take(/,/^}/{
	s/nabd_inline_copy(.*;/came = nabd_inline_give_back(rx);\n\t&/
	s/^\tcame = nabd_inline_give_back(rx);$//
}
