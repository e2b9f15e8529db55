# SPDX-License-Identifier: MIT
# Who receives looks for sleepers before the slot is given back (edge I).
# file: nabd/inline_steps.h
# test: model/sleep-full-one
/nabd_inline_give_back(/,/^}/{
	s/^\tnabd_inline_store_release(.*;/\tconst int sleepers = nabd_inline_sleepers(rx->consumers, NABD_INLINE_SENDERS);\n\n&/
	s/RARE(nabd_inline_sleepers(.*))) {/RARE(sleepers)) {/
}
