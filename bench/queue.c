/* SPDX-License-Identifier: MIT */
/*
 * A queue under both ends, for the length of one sample: made by side A, opened
 * by side B, and its name removed at once, so that nothing is left behind
 * however the bench ends. Queue 0 goes from A to B, queue 1 (ping-pong) back.
 */
#include "bench.h"

#include <nabd/nabd.h>
#include <stdio.h>

static const char *name_of(char name[64], const struct seat *seat, int which)
{
	snprintf(name, 64, "nabd-bench-%ld-%d", seat->board->pid, which);
	return name;
}

_Noreturn void queue_fail(const char *call, int error)
{
	team_fail(call, nabd_strerror(error));
}

static nabd_t *open_end(const struct seat *seat, int which, const struct row *row, unsigned flags)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	nabd_t *q = NULL;
	char name[64];
	int r;

	opts.flags = NABD_PREFAULT | row->wishes;
	opts.align = row->align;
	name_of(name, seat, which);
	if (flags & NABD_CREATE)
		flags |= row->queue_flags;
	r = nabd_open_opts(name, row->slots, row->size, flags, &opts, &q);
	if (r != NABD_OK)
		queue_fail("nabd_open_opts", r);
	return q;
}

/* The first peek takes the group: system calls that must not be measured. */
static void take_group(nabd_t *q)
{
	const void *data;
	int r = nabd_peek(q, &data, NULL);

	if (r != NABD_EMPTY)
		queue_fail("nabd_peek of an empty queue", r);
}

static void join(struct seat *seat, uint32_t group)
{
	int r = seat->consumers < MAX_ENDS
			? nabd_consumer_join_opts(seat->queue[0], group, NULL,
						  &seat->consumer[seat->consumers++])
			: NABD_BUSY;

	if (r != NABD_OK)
		queue_fail("nabd_consumer_join_opts", r);
}

/* What the row's receiving ends need that must not be measured. */
static void take_places(struct seat *seat, const struct row *row)
{
	uint32_t g, m;

	if (!row->groups)
		take_group(seat->queue[0]);
	for (g = 1; g <= row->groups; g++) {
		for (m = 0; m < row->members; m++)
			join(seat, g);
	}
}

static void unlink_end(const struct seat *seat, int which)
{
	char name[64];
	int r;

	name_of(name, seat, which);
	r = nabd_unlink(name);
	if (r != NABD_OK)
		queue_fail("nabd_unlink", r);
}

void queue_open_two(struct seat *seat, const struct row *row)
{
	const unsigned make = NABD_CREATE | NABD_EXCL;
	int back = row->kind == KIND_ONE_WAY;
	char name[64];

	if (seat->side == SIDE_A) {
		seat->queue[0] = open_end(seat, 0, row, make | NABD_PRODUCER);
		if (back)
			seat->queue[1] = open_end(seat, 1, row, make | NABD_CONSUMER);
	}
	team_meet(seat);
	if (seat->side == SIDE_B) {
		seat->queue[0] = open_end(seat, 0, row, NABD_CONSUMER);
		if (back)
			seat->queue[1] = open_end(seat, 1, row, NABD_PRODUCER);
	}
	if (seat->side == SIDE_B)
		take_places(seat, row);
	else if (back)
		take_group(seat->queue[1]);
	team_meet(seat);
	if (seat->side == SIDE_A) {
		others_start(seat, name_of(name, seat, 0), row->others);
		if (!row->keep_name)
			unlink_end(seat, 0);
		if (back)
			unlink_end(seat, 1);
	}
}

/* Side A alone is at work: it opens the queue once more, and closes that again. */
void queue_reopen(struct seat *seat, const struct row *row)
{
	char name[64];
	uint64_t i = 0, end, chunk;

	(void)row;
	name_of(name, seat, 0);
	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			nabd_t *q = nabd_open(name, 0, 0, NABD_CONSUMER);

			if (q == NULL)
				team_fail("nabd_open", "the queue is gone");
			nabd_close(q);
		}
		sample_mark(seat, i);
	}
	sample_rate(seat);
}

/* Both ends in side A. */
void queue_open_one(struct seat *seat, const struct row *row)
{
	if (seat->side != SIDE_A)
		return;
	seat->queue[0] = open_end(seat, 0, row, NABD_CREATE | NABD_EXCL | NABD_PRODUCER |
						NABD_CONSUMER);
	take_places(seat, row);
	unlink_end(seat, 0);
}

void queue_close(struct seat *seat, const struct row *row)
{
	int i, r;

	others_end(seat);
	if (row->keep_name && seat->side == SIDE_A)
		unlink_end(seat, 0);
	while (seat->consumers) {
		r = nabd_consumer_close(seat->consumer[--seat->consumers]);
		if (r != NABD_OK)
			queue_fail("nabd_consumer_close", r);
		seat->consumer[seat->consumers] = NULL;
	}
	for (i = 0; i < 2; i++) {
		if (!seat->queue[i])
			continue;
		r = nabd_close(seat->queue[i]);
		if (r != NABD_OK)
			queue_fail("nabd_close", r);
		seat->queue[i] = NULL;
	}
}
