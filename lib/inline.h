/* SPDX-License-Identifier: MIT */
/*
 * Holds the library to nabd/inline_layout.h, which programs are compiled with; and the
 * library's own calls, which look at its structs by those. Who has to change a line of it must
 * change NABD_INLINE_LAYOUT, or programs that were compiled before write into handles of
 * another layout.
 */
#ifndef NABD_LIB_INLINE_H
#define NABD_LIB_INLINE_H

#include "handle.h"

#define SIZED(theirs, their, ours, our)                                                           \
	_Static_assert(sizeof(((struct theirs *)0)->their) == sizeof(((struct ours *)0)->our),     \
		       "layout")
#define FIELD(theirs, their, ours, our)                                                           \
	_Static_assert(offsetof(struct theirs, their) == offsetof(struct ours, our), "layout");    \
	SIZED(theirs, their, ours, our)

FIELD(nabd_inline_handle, layout, nabd, magic);
FIELD(nabd_inline_handle, generation, nabd, generation);
FIELD(nabd_inline_handle, living, nabd, living);
_Static_assert(offsetof(struct nabd, tx) == NABD_INLINE_SENDER, "layout");
_Static_assert(offsetof(struct nabd, rx) == NABD_INLINE_RECEIVER, "layout");

FIELD(nabd_inline_sender, open, nabdi_producer, open);
FIELD(nabd_inline_sender, batch, nabdi_producer, reserved);
FIELD(nabd_inline_sender, head, nabdi_producer, head);
FIELD(nabd_inline_sender, limit, nabdi_producer, limit);
FIELD(nabd_inline_sender, ring, nabdi_producer, ring);
FIELD(nabd_inline_sender, shm, nabdi_producer, shm);
FIELD(nabd_inline_sender, consumers, nabdi_producer, consumers);
_Static_assert(NABD_INLINE_SEND_IDLE == SEND_IDLE, "layout");
_Static_assert(NABD_INLINE_SEND_RESERVED == SEND_RESERVED, "layout");

FIELD(nabd_inline_receiver, state, nabdi_consumer, state);
FIELD(nabd_inline_receiver, len, nabdi_consumer, len);
FIELD(nabd_inline_receiver, batch, nabdi_consumer, peeked);
FIELD(nabd_inline_receiver, position, nabdi_consumer, position);
FIELD(nabd_inline_receiver, ring, nabdi_consumer, ring);
FIELD(nabd_inline_receiver, published, nabdi_consumer, published);
FIELD(nabd_inline_receiver, consumers, nabdi_consumer, consumers);
_Static_assert(NABD_INLINE_RECEIVE_IDLE == RECEIVE_IDLE, "layout");
_Static_assert(NABD_INLINE_RECEIVE_PEEKED == RECEIVE_PEEKED, "layout");

_Static_assert(NABD_INLINE_HEAD == offsetof(struct nabd_shm_producer, head), "layout");
_Static_assert(NABD_INLINE_HEAD + 8 == offsetof(struct nabd_shm_producer, bytes), "layout");
_Static_assert(NABD_INLINE_READERS == offsetof(struct nabd_shm_consumers, waits.readers), "layout");
_Static_assert(NABD_INLINE_SENDERS == offsetof(struct nabd_shm_consumers, waits.senders), "layout");

#undef FIELD
#undef SIZED

#endif
