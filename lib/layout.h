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
#define NABD_SHM_FEATURES     0u /* bits that a reader must know: none yet */
#define NABD_SHM_GROUPS       17u /* the default group 0, and 1 to 16 */
#define NABD_SHM_MIN_PAGE     4096u
#define NABD_SHM_MAX_PAGE     (1u << 20)

/* Bytes whose file locks are the roles. They need not be within the file. */
#define NABD_SHM_LOCK_ADMIN     0u
#define NABD_SHM_LOCK_PRODUCER  1u
#define NABD_SHM_LOCK_ATTACHED  2u /* shared */
#define NABD_SHM_LOCK_READER(g) (64u + (g))

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
	uint64_t reserved3[7];
};

/* A pair of lines each: the prefetcher of adjacent lines couples two neighbours. */
struct nabd_shm_group {
	nabd_cell64 position; /* sequence of the group's next message */
	uint64_t reserved[15];
};

/* Consumer region. */
struct nabd_shm_consumers {
	nabd_cell64 roster; /* bit g: group g holds the producer; bit 32 + g: it has settled */
	uint64_t reserved[15];
	struct nabd_shm_group group[NABD_SHM_GROUPS];
};

#define NABD_SHM_HOLDS(g)   (UINT64_C(1) << (g))
#define NABD_SHM_SETTLED(g) (UINT64_C(1) << (32 + (g)))

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
_Static_assert(sizeof(struct nabd_shm_group) == 128, "format");
_Static_assert(offsetof(struct nabd_shm_consumers, group) == 128, "format");
_Static_assert(sizeof(struct nabd_shm_consumers) == 128 + 128 * NABD_SHM_GROUPS, "format");

/* A process's own copy of the sizes. Never read from shared memory again. */
struct nabdi_geometry {
	uint32_t page;
	uint32_t slots;
	uint32_t slot_size;
	uint32_t align;
	uint32_t stride;
	uint64_t consumer_off;
	uint64_t slots_off;
	uint64_t total;
};

/*
 * The sizes of a queue of that many slots (rounded up to a power of two) on a
 * machine of that page size. NABD_RANGE if something is beyond the limits.
 */
int nabdi_layout_plan(uint64_t slots, uint64_t slot_size, uint32_t align, uint32_t page,
		      struct nabdi_geometry *geometry);

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
