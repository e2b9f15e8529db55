/* SPDX-License-Identifier: MIT */
/*
 * layout.c - what of nabd.h may never change. Nothing but assertions: compiled,
 * not run, for 64 and for 32 bits (layout.sh).
 *
 * struct nabd_stats is the same on both. struct nabd_opts and struct nabd_msg
 * hold a pointer and so differ in size; they never leave their process.
 */
#include <nabd/nabd.h>

#define SAME(what, number) _Static_assert((what) == (number), #what " is " #number)
#define AT(type, member, offset) SAME(offsetof(struct type, member), offset)

SAME(sizeof(enum nabd_error), 4);
SAME(NABD_OK, 0);
SAME(NABD_EMPTY, -1);
SAME(NABD_FULL, -2);
SAME(NABD_INVALID, -3);
SAME(NABD_NAME, -4);
SAME(NABD_RANGE, -5);
SAME(NABD_TOOBIG, -6);
SAME(NABD_BUFFER, -7);
SAME(NABD_STATE, -8);
SAME(NABD_ROLE, -9);
SAME(NABD_BUSY, -10);
SAME(NABD_FORKED, -11);
SAME(NABD_NOTFOUND, -12);
SAME(NABD_EXISTS, -13);
SAME(NABD_ACCESS, -14);
SAME(NABD_OWNER, -15);
SAME(NABD_UNSAFE, -16);
SAME(NABD_NOTQUEUE, -17);
SAME(NABD_TRUNCATED, -18);
SAME(NABD_FORMAT, -19);
SAME(NABD_BYTEORDER, -20);
SAME(NABD_CORRUPT, -21);
SAME(NABD_GEOMETRY, -22);
SAME(NABD_NOSPACE, -23);
SAME(NABD_NOMEM, -24);
SAME(NABD_SYSTEM, -25);

SAME(NABD_CREATE, 0x01);
SAME(NABD_EXCL, 0x02);
SAME(NABD_PRODUCER, 0x04);
SAME(NABD_CONSUMER, 0x08);
SAME(NABD_OBSERVE, 0x10);

SAME(NABD_PREFAULT, 0x01);
SAME(NABD_MLOCK, 0x02);
SAME(NABD_ANY_OWNER, 0x04);
SAME(NABD_OWNER_UID, 0x08);
SAME(NABD_SET_GROUP, 0x10);

SAME(NABD_STATE_PRODUCER, 0x01);
SAME(NABD_STATE_CONSUMER, 0x02);
SAME(NABD_STATE_GROUP0, 0x04);
SAME(NABD_STATE_UNLINKED, 0x08);

AT(nabd_opts, size, 0);
AT(nabd_opts, flags, 4);
AT(nabd_opts, mode, 8);
AT(nabd_opts, align, 12);
AT(nabd_opts, owner, 16);
AT(nabd_opts, group, 20);
AT(nabd_opts, dir, 24);

AT(nabd_stats, size, 0);
AT(nabd_stats, state, 4);
AT(nabd_stats, slots, 8);
AT(nabd_stats, slot_size, 12);
AT(nabd_stats, stride, 16);
AT(nabd_stats, align, 20);
AT(nabd_stats, head, 24);
AT(nabd_stats, tail, 32);
AT(nabd_stats, position, 40);
AT(nabd_stats, bytes, 48);
AT(nabd_stats, full_count, 56);
AT(nabd_stats, producer_epoch, 64);
AT(nabd_stats, created_ns, 72);
AT(nabd_stats, incarnation, 80);
SAME(sizeof(struct nabd_stats), 96);

#if UINTPTR_MAX > 0xffffffffu
SAME(sizeof(struct nabd_opts), 32);
AT(nabd_msg, data, 0);
AT(nabd_msg, sequence, 8);
AT(nabd_msg, len, 16);
AT(nabd_msg, flags, 20);
AT(nabd_msg, deliveries, 24);
AT(nabd_msg, reserved, 28);
SAME(sizeof(struct nabd_msg), 32);
#else
SAME(sizeof(struct nabd_opts), 28);
#endif
