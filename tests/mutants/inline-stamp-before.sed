# SPDX-License-Identifier: MIT
# The stamp is there before the payload: seen through a program.
# file: nabd/inline_steps.h
# test: inline_tsan/threads
/nabd_inline_send(/,/^}/{
	/^\tnabd_inline_copy(/d
	s/^\treturn nabd_inline_publish(\(.*\));/\tconst enum nabd_inline_came came = nabd_inline_publish(\1);\n\n\tnabd_inline_copy(payload, data, payload, len);\n\treturn came;/
}
