/* SPDX-License-Identifier: MIT */
/*
 * A member of a group: its own line, and one at a time that a dead member left.
 * What is held is served from the front of the line, in order; what is not released
 * stays in the line and comes again, here or, after this member's end, elsewhere.
 *
 * member.c serves; membership.c makes, joins, ends and looks at groups; seek.c moves one.
 */
#ifndef NABD_MEMBER_H
#define NABD_MEMBER_H

#include <nabd/nabd.h>

#include "bell.h"
#include "claim.h"
#include "copy.h"
#include "over.h"

enum nabdi_membership {
	MEMBER_IDLE,
	MEMBER_PEEKED,
	MEMBER_BATCH,
	MEMBER_ENDED,
	MEMBER_TIMED = 4 /* with one of the first three: messages have times, see member_timed.c */
};

/* What a member counts, for itself alone. */
struct nabdi_counts {
	uint64_t claimed;     /* messages */
	uint64_t redelivered; /* messages of others' or given back */
	uint64_t nacked;
	uint64_t dead_letters;
	uint64_t lost; /* messages of the group that nobody was or will be given */
	uint64_t gap;  /* the last of these losses */
	uint64_t held; /* held when the group ended */
};

struct nabdi_saver; /* save.h: checkpoints that are made by themselves */

struct nabdi_member {
	enum nabdi_membership state;
	uint32_t quick; /* so many of the own line need but one store to be done; 0: see to all */
	uint64_t alone; /* the members word while there is no other member, or NABDI_NOT_ALONE */
	bool plain;               /* the group's messages stay until they are released, and are */
	struct nabdi_line *line;  /* which is served: own, unless other holds something */
	struct nabdi_line *own;
	struct nabdi_line *other; /* a dead member's; NULL: none */
	const nabd_cell64 *lines; /* the group's members word */
	struct nabdi_claims claims;
	int ended; /* why, once the group has */
	unsigned group;
	size_t peeked;            /* messages of a batch */
	uint64_t looked_ns;       /* when we last looked for dead members */
	uint64_t now_ns;          /* the clock as this call has read it; 0: not yet */
	uint64_t claimed_ns;      /* when we last claimed, if alone */
	uint64_t taken_ns;        /* when what is peeked was handed out, if messages have times */
	uint64_t made;
	uint64_t joined; /* the group's position then */
	uint64_t max_deliveries;
	int (*dead_letter)(const struct nabd_msg *msg, void *arg);
	void *dead_letter_arg;
	struct nabdi_segment *segment;
	struct nabdi_over over;
	struct nabdi_counts counts;
	struct nabdi_saver *saver;
	void (*save)(struct nabdi_member *m); /* before each look for messages to fetch; or NULL */
	struct nabdi_line room[3]; /* where the lines are: own, other, and the next one */
};

/* Make or join group id (0: a free one). The member must stay where it is. */
int nabdi_member_join(struct nabdi_member *m, struct nabdi_segment *segment, unsigned group,
		      const struct nabd_join_opts *opts);

/* Leave; what is held is for the others. */
void nabdi_member_leave(struct nabdi_member *m, bool forked);

/* Have some line for one's own: NABD_BUSY if all have live members. */
int nabdi_member_take_own(struct nabdi_member *m);

/* Give a line back, with what it holds. */
void nabdi_member_leave_line(struct nabdi_line *line, bool forked);

/* The group has ended: why, for good. */
int nabdi_member_learn_end(struct nabdi_member *m);

/* Have something in the line, claiming up to want messages if it is empty. */
int nabdi_member_fetch(struct nabdi_member *m, size_t want);

/* Have again what was fetched last and is not done. */
int nabdi_member_fetch_again(struct nabdi_member *m);

#define NABDI_NOT_ALONE UINT64_MAX /* what no members word is */

/* Whether no other line of the group was ever used. */
static inline bool nabdi_member_alone(const struct nabdi_member *m)
{
	const uint64_t lines = cell_load_relaxed(m->lines);

	return (lines & (lines - 1)) == 0;
}

/*
 * Whether the next message can be served from the own line with nothing else to be seen
 * to, as it is 15 times in 16 for a lone member; if so its payload and length. What has
 * to be so for that, nabdi_member_fetch() has found out once for a whole claim.
 */
static inline bool nabdi_member_next(const struct nabdi_member *m, uint8_t **payload,
				     uint32_t *len)
{
	const struct nabdi_line *own = m->own;
	uint64_t stamp;

	if (m->state != MEMBER_IDLE || m->quick == 0 || cell_load_relaxed(m->lines) != m->alone ||
	    !nabdi_claim_open(&m->claims))
		return false;
	*payload = nabdi_ring_payload(&m->claims.ring, own->begin);
	stamp = nabdi_ring_observe(*payload);
	*len = (uint32_t)stamp;
	return nabdi_ring_is(stamp, own->begin) && *len <= m->claims.ring.slot_size;
}

/* The first n messages of the line are done, and the producer woken if it waits for that. */
static inline int nabdi_member_release(const struct nabdi_member *m, struct nabdi_line *line,
				       uint64_t n)
{
	nabdi_claim_release(line, n);
	return nabdi_bell_space(m->claims.consumers, m->segment, line->begin,
				!nabdi_line_holds(line));
}

/* The rest of nabdi_member_done(). */
int nabdi_member_done_slow(struct nabdi_member *m, size_t n);

/* The same of copies, of which none is given out unless all are whole. */
int nabdi_member_done_copies(struct nabdi_member *m, size_t n);

/* The first n messages of the line are done. */
static inline int nabdi_member_done(struct nabdi_member *m, size_t n)
{
	/* Edge H: if the group had ended, what was read may have been overwritten. */
	cell_fence_acquire();
	if (nabd_unlikely(m->quick < n || !nabdi_claim_open(&m->claims)))
		return nabdi_member_done_slow(m, n);
	m->quick -= (uint32_t)n;
	return nabdi_member_release(m, m->own, n);
}

/* The same of the one message that nabdi_member_next() has just told. */
static inline int nabdi_member_done_next(struct nabdi_member *m)
{
	cell_fence_acquire(); /* edge H */
	if (nabd_unlikely(!nabdi_claim_open(&m->claims)))
		return nabdi_member_learn_end(m);
	m->quick--;
	return nabdi_member_release(m, m->own, 1);
}

/*
 * Message n of the line: its stamp is checked again, read once. May find that the group
 * has ended, and then nothing is held any more.
 */
int nabdi_member_message(struct nabdi_member *m, size_t n, struct nabd_msg *msg);

/* What is wrong with a state that is not the wanted one. */
int nabdi_member_refuse(const struct nabdi_member *m);

/* The state without the mark of messages that have times. */
static inline enum nabdi_membership nabdi_member_state(const struct nabdi_member *m)
{
	return (enum nabdi_membership)(m->state & ~(unsigned)MEMBER_TIMED);
}

/* Where nothing is peeked. */
static inline enum nabdi_membership nabdi_member_idle(const struct nabdi_member *m)
{
	return m->segment->geometry.times ? MEMBER_TIMED : MEMBER_IDLE;
}

static inline void nabdi_member_copy_out(const struct nabdi_member *m, void *to,
					 const struct nabd_msg *msg)
{
	if (nabd_unlikely(m->claims.overwrite))
		nabdi_copy_out_of_slot(to, msg->data, msg->len);
	else
		nabdi_copy(to, msg->data, msg->data, msg->len);
}

/* What the doors do where messages have times; or why they refuse. */
int nabdi_member_timed_peek(struct nabdi_member *m, struct nabd_msg *msg);
int nabdi_member_timed_release(struct nabdi_member *m);
int nabdi_member_timed_pop(struct nabdi_member *m, void *buf, size_t *len);
int nabdi_member_timed_peek_batch(struct nabdi_member *m, struct nabd_msg *msgs, size_t max,
				  size_t *got);
int nabdi_member_timed_release_batch(struct nabdi_member *m, size_t n);
int nabdi_member_timed_pop_batch(struct nabdi_member *m, void *buf, size_t size, uint32_t *lens,
				 size_t max, size_t *got);

/* Give what was handed out back, to be delivered again. */
int nabdi_member_nack(struct nabdi_member *m);

/* Let the group go on at sequence, or as near to it as can be, which *actual receives. */
int nabdi_member_seek(struct nabdi_member *m, uint64_t sequence, uint64_t *actual);

/* The same; exact: there, or nowhere: NABD_LAPPED, and nothing has changed. */
int nabdi_member_seek_to(struct nabdi_member *m, uint64_t sequence, bool exact, uint64_t *actual);

/* Remove a group; its members learn it at their next call. */
int nabdi_member_drop_group(const struct nabdi_segment *segment, unsigned group);

/*
 * End it if it may go without its members, and none of them lives: it is ephemeral, or
 * evictable if that is asked for. Whether it was ended. Wait, for a while, if another
 * joins it or does the same this moment.
 */
bool nabdi_member_reap_group(const struct nabdi_segment *segment, unsigned group, bool evictable,
			     bool wait);

/* Whether that would end it, as far as can be seen. */
bool nabdi_member_abandoned(const struct nabdi_segment *segment, unsigned group, bool evictable);

/* What an onlooker can tell of a group or member; NABD_NOTFOUND if there is none. */
int nabdi_member_look_group(const struct nabdi_segment *segment, unsigned group,
			    struct nabd_group_info *info);
int nabdi_member_look(const struct nabdi_segment *segment, unsigned group, unsigned member,
		      struct nabd_member_info *info);

/* What the member knows of itself. */
void nabdi_member_stats(const struct nabdi_member *m, struct nabd_consumer_stats *stats);

#endif
