# SPDX-License-Identifier: MIT
# Who sends looks for sleepers before the message is shown (edge I).
# file: nabd/inline_steps.h
# test: model/sleep-small
/nabd_inline_publish(/,/^}/{
	s/^\tnabd_inline_show(.*;/\tconst int sleepers = nabd_inline_sleepers(tx->consumers, NABD_INLINE_READERS);\n\n&/
	s/RARE(nabd_inline_sleepers(.*))) {/RARE(sleepers)) {/
}
