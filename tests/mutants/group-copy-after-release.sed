# SPDX-License-Identifier: MIT
# A member gives the slot back before the message is copied out of it.
# file: api_member.c
# test: tsan/groups
/^NABD_API int nabd_consumer_pop(/,/^}/{
	/nabd_inline_copy(/d
	s/rc = nabdi_member_done_next(&c->m);/&\n\tnabd_inline_copy(buf, payload, payload, have);/
}
