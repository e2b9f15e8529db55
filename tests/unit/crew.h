/* SPDX-License-Identifier: MIT */
/*
 * For the tests of members: a real queue, as members are told apart by file locks, with
 * its producer, and members that live, die and do what the doors do with them.
 */
#ifndef CREW_H
#define CREW_H

#include <string.h>

#include "faults.h"
#include "member.h"
#include "producer.h"
#include "unit.h"

#ifndef SLOTS
#define SLOTS 64u
#endif
#define SIZE  16u
#define GROUP 5u

static struct nabdi_segment q;
static struct nabd_shm_producer *producer;
static struct nabd_shm_consumers *consumers;
static struct nabdi_producer tx;
static struct nabd_join_opts opts;

static inline void set_up(void)
{
	q = unit_queue("q", SLOTS, SIZE);
	producer = nabdi_segment_producer(&q);
	consumers = nabdi_segment_consumers(&q);
	is(NABD_OK, nabdi_producer_begin(&tx, &q));
	opts = (struct nabd_join_opts)NABD_JOIN_OPTS_INIT;
}

static inline void tear_down(void)
{
	(void)fault_met();
	unit_leave(&q);
}

/* Messages whose bytes are their sequence. */
static inline void send(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const uint64_t sequence = tx.head;

		is(NABD_OK, nabdi_producer_push(&tx, &sequence, sizeof(sequence)));
	}
}

static inline struct nabd_shm_group *group_of(unsigned group)
{
	return &consumers->group[group];
}

static inline uint64_t word_of(unsigned group)
{
	return cell_load_relaxed(&group_of(group)->position);
}

static inline uint64_t position_of(unsigned group)
{
	return word_of(group) & NABD_SHM_SEQUENCE;
}

static inline uint64_t state_of(unsigned group)
{
	return word_of(group) & NABD_SHM_STATE;
}

static inline uint64_t made_of(unsigned group)
{
	return cell_load_relaxed(&group_of(group)->made);
}

static inline uint64_t changes(void)
{
	return cell_load_relaxed(&consumers->changes);
}

/* As by SIGKILL: the kernel frees the locks, and all that was said stays. */
static inline void die(struct nabdi_member *m)
{
	for (unsigned i = 0; m->segment != NULL && i < 3; i++)
		nabdi_role_leave(&m->room[i].role, false);
	memset(m, 0, sizeof(*m));
}

static inline int try_join(struct nabdi_member *m, unsigned group)
{
	die(m); /* as whom it was before */
	return nabdi_member_join(m, &q, group, &opts);
}

static inline void join(struct nabdi_member *m, unsigned group)
{
	is(NABD_OK, try_join(m, group));
	ck_assert_ptr_nonnull(m->own);
	ck_assert_ptr_null(m->other);
}

/* What a peek does. */
static inline int peek(struct nabdi_member *m, struct nabd_msg *msg)
{
	int rc = nabdi_member_fetch(m, 1);

	if (rc == NABD_OK)
		rc = nabdi_member_message(m, 0, msg);
	if (rc != NABD_OK)
		return rc;
	nabdi_claim_hand_out(m->line, 1);
	m->state = MEMBER_PEEKED;
	return NABD_OK;
}

static inline int done(struct nabdi_member *m, size_t n)
{
	m->state = MEMBER_IDLE;
	return nabdi_member_done(m, n);
}

/* The next message is this one, whole, delivered so often with this time. */
static inline void peeks(struct nabdi_member *m, uint64_t sequence, uint32_t deliveries)
{
	struct nabd_msg msg;
	uint64_t found;

	is(NABD_OK, peek(m, &msg));
	memcpy(&found, msg.data, sizeof(found));
	ck_assert_uint_eq(msg.sequence, sequence);
	ck_assert_uint_eq(found, sequence);
	ck_assert_uint_eq(msg.len, sizeof(found));
	ck_assert_uint_eq(msg.deliveries, deliveries);
	ck_assert_uint_eq(msg.flags, m->line->inherited ? NABD_MSG_REDELIVERED : 0);
}

static inline void pops(struct nabdi_member *m, uint64_t sequence, uint32_t deliveries)
{
	peeks(m, sequence, deliveries);
	is(NABD_OK, done(m, 1));
}

static inline void line_says(const struct nabdi_line *line, uint64_t begin, uint64_t end)
{
	ck_assert_uint_eq(cell_load_relaxed(&line->shm->begin), begin + 1);
	ck_assert_uint_eq(cell_load_relaxed(&line->shm->end), end);
}

static inline bool alive(unsigned group, unsigned index)
{
	bool yes;

	is(NABD_OK, nabdi_role_member_alive(&q, group, index, &yes));
	return yes;
}

static inline unsigned index_of(const struct nabdi_line *line, unsigned group)
{
	return (unsigned)(line->shm - consumers->member[group - 1]);
}

#endif
