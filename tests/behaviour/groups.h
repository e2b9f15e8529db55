/* SPDX-License-Identifier: MIT */
/*
 * groups.h - members of groups for the tests: joined here or in a process of their
 * own that can be stopped and killed; messages that are numbers; every call on a
 * consumer, as a table.
 */
#ifndef GROUPS_H
#define GROUPS_H

#include <stdint.h>
#include <sys/types.h>

#include "behaviour.h"

/* A queue "q" of so many slots of 64 bytes; a handle with both roles. */
nabd_t *queue_of(size_t slots);

/* Join and leave; the first two must succeed. */
nabd_consumer_t *join_ok(nabd_t *q, unsigned group);
nabd_consumer_t *join_with(nabd_t *q, unsigned group, const struct nabd_join_opts *opts);
int join_code(nabd_t *q, unsigned group, const struct nabd_join_opts *opts);
void leave_ok(nabd_consumer_t *c);
struct nabd_join_opts with_flags(uint32_t flags);

/*
 * Messages whose 8 bytes are their number. push_numbers() sends from up to end, end not
 * included; fill() until the queue is full, and tells how many those were.
 */
int push_number(nabd_t *q, uint64_t number);
void push_numbers(nabd_t *q, uint64_t from, uint64_t end);
uint64_t fill(nabd_t *q, uint64_t from);
void push_at_last(nabd_t *q, uint64_t number); /* once a group that is dead lets go */

/* The next message must be this number; its sequence is the number. */
void peeks(nabd_consumer_t *c, uint64_t number, uint32_t deliveries);
void gets(nabd_consumer_t *c, uint64_t number);
void gets_again(nabd_consumer_t *c, uint64_t number, uint32_t deliveries);
void gets_at_last(nabd_consumer_t *c, uint64_t number, uint32_t deliveries); /* of a dead one */
void gets_numbers(nabd_consumer_t *c, uint64_t from, uint64_t end);
void gets_nothing(nabd_consumer_t *c);
void reads_number(nabd_t *q, uint64_t number); /* as the default group */
void is_number(const struct nabd_msg *msg, uint64_t number, uint32_t deliveries);

struct nabd_group_info group_of(nabd_t *q, unsigned group);
struct nabd_member_info member_of(nabd_t *q, unsigned group, unsigned member);
struct nabd_consumer_stats told(nabd_consumer_t *c);
uint64_t min_tail_of(nabd_t *q);
int look_code(nabd_t *q, unsigned group);

/*
 * A member in a child process: it opens "q", joins the group, calls act and waits. When
 * this returns act is done, and has returned NABD_OK.
 */
pid_t start_member(unsigned group, const struct nabd_join_opts *opts,
		   int (*act)(nabd_consumer_t *c));
void stop_member(pid_t pid);
void kill_member(pid_t pid);

/* What such a member may do: nothing, peek at one message or at up to four. */
int holds_nothing(nabd_consumer_t *c);
int holds_one(nabd_consumer_t *c);
int holds_four(nabd_consumer_t *c);

/* Every call on a consumer, with arguments that are right for a queue of 64 byte slots. */
enum kind { TAKES, GIVES_BACK, MOVES, TELLS, LEAVES };

struct member_call {
	int (*run)(nabd_consumer_t *c);
	const char *name;
	enum kind kind;
};

#define MEMBER_CALLS 11
extern const struct member_call member_calls[MEMBER_CALLS];

/* All of these kinds must answer this code. */
void all_members_calls(nabd_consumer_t *c, unsigned kinds, int code);
#define KIND(kind) (1u << (kind))
#define ALL_BUT_TELLS (KIND(TAKES) | KIND(GIVES_BACK) | KIND(MOVES))

#endif
