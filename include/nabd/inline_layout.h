/* SPDX-License-Identifier: MIT */
/**
 * @file inline_layout.h
 * What nabd/inline_steps.h knows of a handle. Not for programs: nothing in here is promised
 * but the first word. The library holds its own structs to it (lib/inline.h), so that neither
 * can change without the other.
 */
#ifndef NABD_INLINE_LAYOUT_H
#define NABD_INLINE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version of what stands below, and of what it means. nabd_open() writes that of the
 * library into the handle's first word, and each inline call compares it with the one that
 * it was compiled for. It changes with anything below, and with any rule by which the
 * library uses these words; no value is used twice, and 0 is a handle that is closed.
 * @since 0.9.0
 */
#define NABD_INLINE_LAYOUT 0x6e616201u

/* Where the two sides begin in a handle, in bytes. */
#define NABD_INLINE_SENDER   128u
#define NABD_INLINE_RECEIVER 1024u

/* Values of nabd_inline_sender::open (the bytes reserved stand above bit 32) … */
#define NABD_INLINE_SEND_IDLE     0u
#define NABD_INLINE_SEND_RESERVED 1u
/* … and of nabd_inline_receiver::state. There are others, which the library serves. */
#define NABD_INLINE_RECEIVE_IDLE   0u
#define NABD_INLINE_RECEIVE_PEEKED 1u

/* Of the segment: where words lie behind shm and consumers, in bytes. The bytes sent stand
 * right behind head. */
#define NABD_INLINE_HEAD    128u
#define NABD_INLINE_READERS 37248u
#define NABD_INLINE_SENDERS 37376u

/* The longest message that is copied inline, in bytes. */
#define NABD_INLINE_COPY 256u

#ifdef __GNUC__ /* elsewhere nothing is inlined */

#ifdef __cplusplus
#define NABD_INLINE_CAST(type, value) static_cast<type>(value)
#define NABD_INLINE_BITS(pointer)     reinterpret_cast<uintptr_t>(pointer)
#else
#define NABD_INLINE_CAST(type, value) ((type)(value))
#define NABD_INLINE_BITS(pointer)     ((uintptr_t)(pointer))
#endif

#define NABD_INLINE_RARE(x) __builtin_expect(!!(x), 0)

/* The library has its own types for the same memory. */
#define NABD_INLINE_ALIAS __attribute__((may_alias))

typedef uint64_t NABD_INLINE_ALIAS nabd_inline_word;
typedef uint32_t NABD_INLINE_ALIAS nabd_inline_half;

struct nabd_inline_handle {
	uint32_t layout;
	uint32_t generation;
	const nabd_inline_half *living; /* holds the same in the process that opened it */
} NABD_INLINE_ALIAS;

/* The library's own rings are of this type. */
struct nabd_inline_ring {
	unsigned char *first; /* payload of slot 0 */
	uint32_t stride;      /* bytes */
	uint32_t mask;        /* slots - 1 */
	uint32_t slot_size;   /* bytes */
};

struct nabd_inline_sender {
	uint64_t open;
	size_t batch;
	uint64_t head;  /* sequence of the next message */
	uint64_t limit; /* first sequence that may not be written yet */
	struct nabd_inline_ring ring;
	unsigned char *shm;
	unsigned char *consumers;
} NABD_INLINE_ALIAS;

struct nabd_inline_receiver {
	uint32_t state;
	uint32_t len; /* of the peeked message */
	size_t batch;
	uint64_t position; /* sequence of the next message */
	struct nabd_inline_ring ring;
	nabd_inline_word *published; /* position, for all to see */
	unsigned char *consumers;
} NABD_INLINE_ALIAS;

#endif
#endif
