/* SPDX-License-Identifier: MIT */
/*
 * Every byte of the segment: structs, offsets and limits, and the functions that
 * make and check the identity. nabd-segment(5) says the same for readers of
 * other languages; tests/lint/check-contract.py compares the two.
 *
 * The file is three regions, each beginning at a multiple of the page size, so
 * that each can be mapped with rights of its own:
 *
 *   0             producer region   written by the producer alone
 *   consumer_off  consumer region   written by consumers (and marked by the producer)
 *   slots_off     slots             written by the producer alone
 *
 * Slot i has its payload at slots_off + align + i * stride, and its stamp in the
 * 8 bytes before the payload. All numbers are in the byte order of the machine.
 *
 * Where messages have times (NABD_SHM_TIMES), a slot has 8 bytes more: its time, before its
 * stamp. Slot 0 begins 16 bytes behind slots_off at least; and the consumer region goes on
 * with the histograms of the readers.
 */
#ifndef NABD_LAYOUT_H
#define NABD_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"

#define NABD_SHM_MAGIC        "nabd\r\n\x1a" /* with its NUL: 8 bytes, damaged by text transfer */
#define NABD_SHM_BYTE_ORDER   0x01020304u
#define NABD_SHM_VERSION      1u
#define NABD_SHM_OVERWRITE    1u /* feature: the producer never waits, readers may be lapped */
#define NABD_SHM_TIMES        2u /* feature: messages have times, readers keep histograms */
#define NABD_SHM_FEATURES     (NABD_SHM_OVERWRITE | NABD_SHM_TIMES) /* that this library knows */
#define NABD_SHM_GROUPS       17u /* the default group 0, and 1 to 16 */
#define NABD_SHM_MEMBERS      16u /* of each of the groups 1 to 16 */
#define NABD_SHM_MIN_PAGE     4096u
#define NABD_SHM_MAX_PAGE     (1u << 20)

/* Bytes whose file locks are the roles. They need not be within the file. */
#define NABD_SHM_LOCK_ADMIN     0u
#define NABD_SHM_LOCK_PRODUCER  1u
#define NABD_SHM_LOCK_ATTACHED  2u /* shared */
#define NABD_SHM_LOCK_GROUP(g)     (64u + (g)) /* 0: its reader; others: who makes or joins it */
#define NABD_SHM_LOCK_MEMBER(g, m) (4096u + 256u * (g) + (m))

/* What a queue is. Written before the queue has a name, never changed after. */
struct nabd_shm_identity {
	uint8_t magic[8];        /* NABD_SHM_MAGIC */
	uint32_t byte_order;     /* NABD_SHM_BYTE_ORDER as the maker's machine stores it */
	uint32_t version;        /* NABD_SHM_VERSION */
	uint64_t features;       /* a bit that the reader does not know: refuse */
	uint64_t hints;          /* a bit that the reader does not know: ignore */
	uint8_t incarnation[16]; /* random */
	uint64_t created_ns;     /* since 1970 */
	uint32_t page;           /* regions begin at multiples of this many bytes */
	uint32_t slots;          /* a power of two */
	uint32_t slot_size;      /* longest message, bytes */
	uint32_t align;          /* payloads start at multiples of it: 8 to 4096 */
	uint32_t stride;         /* bytes from slot to slot */
	uint32_t groups;         /* NABD_SHM_GROUPS */
	uint64_t consumer_off;   /* bytes from the beginning of the file */
	uint64_t slots_off;      /* bytes from the beginning of the file */
	uint64_t total;          /* bytes of the file */
	uint8_t reserved[20];    /* 0 */
	uint32_t crc;            /* CRC32C of the 124 bytes before */
};

/*
 * Producer region. head and tail have a line each: whoever polls one does not
 * disturb the other. Observers poll head; consumers poll neither.
 */
struct nabd_shm_producer {
	struct nabd_shm_identity identity;
	/* line 2 */
	nabd_cell64 head;       /* sequence of the next message */
	nabd_cell64 bytes;      /* payload bytes sent */
	nabd_cell64 full_count; /* times that the producer met a full queue */
	nabd_cell64 epoch;      /* producers so far */
	uint64_t reserved2[4];
	/* line 3 */
	nabd_cell64 tail;       /* no sequence below it is held by any group */
	nabd_cell64 told;       /* where tail may go next, said before it is sure */
	nabd_cell64 high_fill;   /* most slots in use that a look of the producer has found */
	nabd_cell64 progress_ns; /* when a look last found free slots: CLOCK_MONOTONIC */
	nabd_cell64 pressured;   /* 1: the fill came to the high watermark, and not down since */
	uint64_t reserved3[3];
};

/*
 * A pair of lines for what is written with each message, as the prefetcher of
 * adjacent lines couples two neighbours; another for what is written when the group
 * is made, joined or closed.
 */
struct nabd_shm_group {
	nabd_cell64 position; /* see NABD_SHM_SEQUENCE; group 0: a plain sequence */
	uint64_t reserved[15];
	nabd_cell64 made;           /* how often it was made */
	nabd_cell64 members;        /* bit m: line m was used since */
	nabd_cell64 flags;          /* NABD_GROUP_EPHEMERAL */
	nabd_cell64 max_deliveries; /* 0: no limit */
	nabd_cell64 max_lag;        /* messages; 0: never evicted for it */
	nabd_cell64 max_stall_ms;   /* 0: never evicted for it */
	nabd_cell64 closed_head;    /* head when it was evicted, or vanished */
	nabd_cell64 let_go;         /* the same; 0 once another was removed by hand */
	/* Counted for this id since the queue was made, whoever the group was: see note.h. */
	nabd_cell64 wakes;       /* sleepers woken, and descriptors told */
	nabd_cell64 lost;        /* messages overwritten, or let go, unread */
	nabd_cell64 given_up;    /* how often it was evicted, or vanished */
	nabd_cell64 high_lag;    /* the longest way behind head that a look of the producer has found */
	nabd_cell64 progress_ns; /* when such a look last found it further than the one before */
	uint64_t reserved1[3];
};

/*
 * The position of a group that has members: the sequence of the next message that it
 * gives out, whether the group is there, and how often it was made, in one word, so
 * that a claim and the end of a group can't both succeed.
 */
#define NABD_SHM_SEQUENCE    ((UINT64_C(1) << 56) - 1)
#define NABD_SHM_OPEN        (UINT64_C(1) << 56) /* it is there and holds the producer */
#define NABD_SHM_DROPPED     (UINT64_C(2) << 56) /* removed by hand */
#define NABD_SHM_EVICTED     (UINT64_C(3) << 56) /* by the producer, or gone with its members */
#define NABD_SHM_STATE       (UINT64_C(3) << 56) /* 0: never made */
#define NABD_SHM_MADE(n)     ((uint64_t)(n) << 58) /* modulo 64 */

/*
 * A member's line. What it holds are the messages from begin - 1 up to end, end not
 * included; nothing if begin is 0.
 */
struct nabd_shm_member {
	nabd_cell64 begin;
	nabd_cell64 end;
	nabd_cell64 given;       /* how often they were delivered: see claim.h */
	nabd_cell64 made;        /* which group of this id its holder is a member of */
	nabd_cell64 closed;      /* the last position of a group made anew, for a member left behind */
	nabd_cell64 closed_head; /* and its closed_head */
	nabd_cell64 guard;       /* while its holder seeks: what lies from guard - 1 on is held; or 0 */
	/* Counted by whoever holds the line, one after the other: see note.h. */
	nabd_cell64 claimed;      /* messages */
	nabd_cell64 progress_ns;  /* of the last claim, near enough: CLOCK_MONOTONIC */
	nabd_cell64 redelivered;  /* messages found in a line that another had left */
	nabd_cell64 nacked;       /* messages */
	nabd_cell64 dead_letters; /* messages */
	uint64_t reserved[4];
};

/*
 * Who sleeps, or has a descriptor armed, and the words that they sleep on. What
 * publishers look at with each message has a pair of lines of its own, which changes
 * only when somebody goes to sleep or is woken.
 */
struct nabd_shm_waits {
	nabd_cell64 readers; /* NABD_SHM_SLEEPS and the others, for each group */
	uint64_t reserved[15];
	nabd_cell64 senders; /* the same of the producer, as if it were group 0 */
	nabd_cell64 wanted;  /* sequence: a release below it frees too little for who sleeps there */
	nabd_cell64 wakes;   /* how often the producer was woken, or a descriptor of it told */
	uint64_t reserved1[13];
	nabd_cell32 bell[NABD_SHM_GROUPS]; /* futex words: they change when a sleeper shall look */
	nabd_cell32 space;                 /* the producer's */
	uint32_t reserved2[14];
};

#define NABD_SHM_SLEEPS(g) (UINT64_C(1) << (g))
#define NABD_SHM_ARMED(g)  (UINT64_C(1) << (20 + (g)))
#define NABD_SHM_FENCE     (UINT64_C(1) << 63) /* publishers fence; never taken back */

/* Consumer region. */
struct nabd_shm_consumers {
	nabd_cell64 roster;  /* NABD_SHM_HOLDS and the others, for each group */
	nabd_cell64 changes; /* grows before the producer has to look at the groups anew */
	uint64_t reserved[14];
	struct nabd_shm_group group[NABD_SHM_GROUPS];
	struct nabd_shm_member member[NABD_SHM_GROUPS - 1][NABD_SHM_MEMBERS];
	struct nabd_shm_waits waits;
};

/*
 * How old messages were when a reader took them: how many were of which age. Written by
 * who has the role or the line, one after the other, as the counters of the line are. The
 * ages of a bucket differ by an eighth of the lowest of them at most: see latency.h.
 */
#define NABD_SHM_BUCKETS 336u

struct nabd_shm_latency {
	nabd_cell64 sum_ns;
	nabd_cell64 max_ns;
	nabd_cell64 unmeasured; /* messages whose time was none, or of the future */
	uint64_t reserved[13];
	nabd_cell64 bucket[NABD_SHM_BUCKETS];
};

/* One of the reader of the default group, then those of the members, group after group. */
#define NABD_SHM_READERS (1u + (NABD_SHM_GROUPS - 1u) * NABD_SHM_MEMBERS)

#define NABD_SHM_HOLDS(g)   (UINT64_C(1) << (g))        /* its position counts */
#define NABD_SHM_SETTLED(g) (UINT64_C(1) << (20 + (g))) /* its position is final */
#define NABD_SHM_OLDEST(g)  (UINT64_C(1) << (40 + (g))) /* it begins at tail, not at head */
#define NABD_SHM_ALL_HOLD   (NABD_SHM_HOLDS(NABD_SHM_GROUPS) - 1)

_Static_assert(sizeof(struct nabd_shm_identity) == 128, "two lines");
_Static_assert(offsetof(struct nabd_shm_identity, byte_order) == 8, "format");
_Static_assert(offsetof(struct nabd_shm_identity, features) == 16, "format");
_Static_assert(offsetof(struct nabd_shm_identity, incarnation) == 32, "format");
_Static_assert(offsetof(struct nabd_shm_identity, created_ns) == 48, "format");
_Static_assert(offsetof(struct nabd_shm_identity, page) == 56, "format");
_Static_assert(offsetof(struct nabd_shm_identity, consumer_off) == 80, "format");
_Static_assert(offsetof(struct nabd_shm_identity, total) == 96, "format");
_Static_assert(offsetof(struct nabd_shm_identity, crc) == 124, "format");
_Static_assert(offsetof(struct nabd_shm_producer, head) == 128, "format");
_Static_assert(offsetof(struct nabd_shm_producer, bytes) == 136, "format; head's pair");
_Static_assert(offsetof(struct nabd_shm_producer, tail) == 192, "format");
_Static_assert(sizeof(struct nabd_shm_producer) == 256, "format");
_Static_assert(offsetof(struct nabd_shm_producer, told) == 200, "format");
_Static_assert(offsetof(struct nabd_shm_producer, high_fill) == 208, "format");
_Static_assert(sizeof(struct nabd_shm_group) == 256, "format");
_Static_assert(offsetof(struct nabd_shm_group, made) == 128, "format");
_Static_assert(offsetof(struct nabd_shm_group, closed_head) == 176, "format");
_Static_assert(offsetof(struct nabd_shm_group, wakes) == 192, "format");
_Static_assert(offsetof(struct nabd_shm_group, progress_ns) == 224, "format");
_Static_assert(sizeof(struct nabd_shm_member) == 128, "format");
_Static_assert(offsetof(struct nabd_shm_member, guard) == 48, "format");
_Static_assert(offsetof(struct nabd_shm_member, claimed) == 56, "format");
_Static_assert(offsetof(struct nabd_shm_member, dead_letters) == 88, "format");
_Static_assert(offsetof(struct nabd_shm_consumers, group) == 128, "format");
_Static_assert(offsetof(struct nabd_shm_consumers, member) == 128 + 256 * 17, "format");
_Static_assert(offsetof(struct nabd_shm_consumers, waits) ==
		       128 + 256 * NABD_SHM_GROUPS + 128 * 16 * NABD_SHM_MEMBERS, "format");
_Static_assert(offsetof(struct nabd_shm_waits, senders) == 128, "format");
_Static_assert(offsetof(struct nabd_shm_waits, wakes) == 144, "format");
_Static_assert(offsetof(struct nabd_shm_waits, bell) == 256, "format");
_Static_assert(offsetof(struct nabd_shm_waits, space) == 324, "format");
_Static_assert(sizeof(struct nabd_shm_waits) == 384, "format");
_Static_assert(sizeof(struct nabd_shm_consumers) % 128 == 0, "histograms begin behind it");
_Static_assert(offsetof(struct nabd_shm_latency, unmeasured) == 16, "format");
_Static_assert(offsetof(struct nabd_shm_latency, bucket) == 128, "format");
_Static_assert(sizeof(struct nabd_shm_latency) == 2816, "format; pairs of lines");

/* A process's own copy of the sizes. Never read from shared memory again. */
struct nabdi_geometry {
	uint32_t page;
	uint32_t slots;
	uint32_t slot_size;
	uint32_t align;
	uint32_t stride;
	bool overwrite; /* the producer never waits */
	bool times;     /* messages have times */
	uint32_t lead;  /* from slots_off to the payload of slot 0 */
	uint64_t consumer_off;
	uint64_t slots_off;
	uint64_t total;
};

/*
 * The sizes of a queue of that many slots (rounded up to a power of two) on a
 * machine of that page size. NABD_RANGE if something is beyond the limits.
 */
int nabdi_layout_plan(uint64_t slots, uint64_t slot_size, uint32_t align, uint32_t page,
		      uint64_t features, struct nabdi_geometry *geometry);

/* The alignment of payloads where nobody asks for one. */
uint32_t nabdi_layout_align(uint64_t slot_size);

/* The identity of such a queue; incarnation has 16 bytes. */
void nabdi_layout_identify(const struct nabdi_geometry *geometry, const uint8_t *incarnation,
			   uint64_t created_ns, struct nabd_shm_identity *identity);

/*
 * Check what claims to be the beginning of a queue, got bytes of it, in a file
 * of file_bytes, on a machine of that page size; then tell its sizes. Pure:
 * reads nothing but identity, and trusts none of it.
 */
int nabdi_layout_check(const struct nabd_shm_identity *identity, size_t got, uint64_t file_bytes,
		       uint32_t page, struct nabdi_geometry *geometry);

/* Whether the first bytes are those of a queue, of whatever version and order. */
bool nabdi_layout_is_queue(const void *first, size_t got);

#endif
