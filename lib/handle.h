/* SPDX-License-Identifier: MIT */
/*
 * A handle: a segment, its roles, and the two sides. Opened and closed here;
 * each door checks it first. A consumer is a member of a group and the handle that
 * it was joined through.
 */
#ifndef NABD_HANDLE_H
#define NABD_HANDLE_H

#include <nabd/inline_layout.h>

#include "consumer.h"
#include "member.h"
#include "producer.h"
#include "save.h"
#include "wait.h"

#define NABDI_HANDLE_MAGIC   NABD_INLINE_LAYOUT
#define NABDI_CONSUMER_MAGIC 0x6e616263u

/*
 * The two sides may be used by two threads: they share no line, nor its neighbour. What
 * programs know of this that were compiled with nabd/inline.h stands at fixed places, which
 * inline.h holds it to.
 */
struct nabd {
	uint32_t magic;            /* 0 once closed */
	uint32_t generation;       /* what *living holds in the process that opened it */
	const nabd_cell32 *living; /* see nabdi_os_fork_word() */
	/* Not aligned to more than lines: then a handle would be, and what is none looked at as one. */
	_Alignas(NABD_INLINE_SENDER) union {
		struct {
			struct nabdi_producer tx;
			struct nabdi_waiter tx_wait;
		};
		unsigned char room[NABD_INLINE_RECEIVER - NABD_INLINE_SENDER];
	};
	struct nabdi_consumer rx;
	struct nabdi_waiter rx_wait;
	_Alignas(128) unsigned flags;
	nabd_cell64 consumers;     /* those that use it: joined through it, or sending dead letters */
	struct nabdi_segment segment;
	struct nabdi_os_hold role; /* attached, and producer */
	char name[NABD_MAX_NAME + 1];
};

/* What nabd_open() was asked for, checked as far as that goes without a queue. */
struct nabdi_request {
	const char *name;
	size_t slots;     /* 0: any */
	size_t slot_size; /* bytes; 0: any */
	unsigned flags;
	struct nabd_opts opts;
};

int nabdi_handle_open(const struct nabdi_request *request, nabd_t **out);
void nabdi_handle_close(nabd_t *q);

static inline bool nabdi_handle_forked(const nabd_t *q)
{
	return cell32_load_relaxed(q->living) != q->generation;
}

/* For every call on a handle. */
static inline int nabdi_handle_check(const nabd_t *q)
{
	if (nabd_unlikely(q == NULL || q->magic != NABDI_HANDLE_MAGIC))
		return NABD_INVALID;
	if (nabd_unlikely(nabdi_handle_forked(q)))
		return NABD_FORKED;
	return NABD_OK;
}

struct nabd_consumer {
	uint32_t magic; /* 0 once closed */
	nabd_t *q;
	nabd_t *dead_letters; /* or NULL */
	_Alignas(128) struct nabdi_member m;
	struct nabdi_waiter wait;
	struct nabdi_saver saver;
};

/* For every call on a consumer. */
static inline int nabdi_consumer_check(const nabd_consumer_t *c)
{
	if (nabd_unlikely(c == NULL || c->magic != NABDI_CONSUMER_MAGIC))
		return NABD_INVALID;
	if (nabd_unlikely(nabdi_handle_forked(c->q)))
		return NABD_FORKED;
	return NABD_OK;
}

#endif
