/* SPDX-License-Identifier: MIT */
/*
 * What groups and members cost beyond one of one: the producer's looks at many groups,
 * broadcast, and competition. Side B plays all consumers, in turn, as there are two CPUs:
 * a row tells what the calls cost, and not what a scheduler makes of more processes than
 * CPUs. Only "members on two CPUs" has two members at work in the same instant.
 */
#include "bench.h"
#include "pool.h"
#include "spin.h"

#include <nabd/nabd.h>

#define BURST   256u /* messages between two steps of those who keep up */
#define DRAIN   512u /* messages that lie ready for members on two CPUs */
#define NO_MORE UINT64_MAX
#define PATIENT 200u /* pauses after NABD_FULL of a producer that is: some us */

static void push_one(nabd_t *q, const struct pool *pool, uint64_t i, uint32_t pauses)
{
	uint32_t k;
	int r;

	while ((r = nabd_push(q, pool_at(pool, i), pool->size)) == NABD_FULL)
		for (k = 0; k < pauses; k++)
			spin_pause();
	if (r != NABD_OK)
		queue_fail("nabd_push", r);
	pool_sent(pool, i);
}

/* A word each way, for side A to say how far it is, and for B to say that it is there too. */
static void steps_clear(struct seat *seat)
{
	if (seat->side == SIDE_A) {
		spin_store(&seat->board->flag[2].word, 0);
		spin_store(&seat->board->flag[3].word, 0);
	}
}

static void open_steps(struct seat *seat, const struct row *row)
{
	steps_clear(seat);
	queue_open_two(seat, row);
}

static void step_and_wait(struct seat *seat, uint64_t step)
{
	spin_store(&seat->board->flag[2].word, step);
	spin_until(&seat->board->flag[3].word, step);
}

static uint64_t next_step(const struct seat *seat, uint64_t last)
{
	uint64_t step;

	while ((step = spin_load(&seat->board->flag[2].word)) == last)
		spin_pause();
	return step;
}

/*
 * The producer alone is measured: it pushes a burst, and then, untimed, side B takes
 * every group to the newest message by batches.
 */
static void push_bursts(struct seat *seat, const struct row *row)
{
	struct pool pool = pool_of(seat->pool, row->size, 1);
	nabd_t *q = seat->queue[0];
	uint64_t i = 0, end, from, stop, chunk, ticks, t;

	seat->chunks = 0;
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		end = sample_end(seat, chunk);
		from = i;
		for (ticks = 0; i < end; step_and_wait(seat, i)) {
			stop = end - i < BURST ? end : i + BURST;
			t = spin_ticks();
			for (; i < stop; i++)
				push_one(q, &pool, i, 1);
			ticks += spin_ticks() - t;
		}
		sample_chunk(seat, ticks, end - from);
	}
	sample_chunks(seat);
}

static void take_up_to(struct seat *seat, uint32_t which, const struct row *row, uint64_t from,
		       uint64_t to)
{
	nabd_consumer_t *c = seat->consumer[which];
	struct nabd_msg msgs[BURST];
	size_t got, k;
	int r;

	while (from < to) {
		r = nabd_consumer_peek_batch(c, msgs, BURST, &got);
		if (r != NABD_OK)
			queue_fail("nabd_consumer_peek_batch", r);
		for (k = 0; k < got; k++)
			seat->bad += msgs[k].sequence != from + k || msgs[k].len != row->size;
		r = nabd_consumer_release_batch(c, got);
		if (r != NABD_OK)
			queue_fail("nabd_consumer_release_batch", r);
		from += got;
	}
}

static void keep_up(struct seat *seat, const struct row *row)
{
	uint64_t at = 0, step;
	uint32_t k;

	while (at < seat->count) {
		step = next_step(seat, at);
		for (k = 0; k < seat->consumers; k++)
			take_up_to(seat, k, row, at, step);
		at = step;
		spin_store(&seat->board->flag[3].word, step);
	}
}

static void push_all(struct seat *seat, const struct row *row)
{
	const uint32_t pauses = row->flags & ROW_PATIENT ? PATIENT : 1;
	struct pool pool = pool_of(seat->pool, row->size, 1);
	uint64_t i;

	for (i = 0; i < seat->count; i++)
		push_one(seat->queue[0], &pool, i, pauses);
}

/* One message, if there is one; whether there was. */
static int pop_one(struct seat *seat, nabd_consumer_t *c, const struct row *row, uint64_t due)
{
	size_t len = MAX_SIZE;
	int r = nabd_consumer_pop(c, seat->buf, &len);

	if (r == NABD_EMPTY)
		return 0;
	if (r != NABD_OK)
		queue_fail("nabd_consumer_pop", r);
	seat->bad += pool_wrong(seat->buf, len, row->size, due);
	return 1;
}

/* Each consumer, of a group of its own, pops one message after the other, in turn. */
static void pop_each(struct seat *seat, const struct row *row)
{
	uint64_t at[MAX_ENDS] = { 0 }, end, chunk;
	const uint32_t n = seat->consumers;
	uint32_t k, done, any;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		end = sample_end(seat, chunk);
		do {
			for (k = done = any = 0; k < n; k++) {
				if (at[k] < end && pop_one(seat, seat->consumer[k], row, at[k])) {
					at[k]++;
					any = 1;
				}
				done += at[k] == end;
			}
			if (!any)
				spin_pause();
		} while (done < n);
		sample_mark(seat, end);
	}
	sample_rate(seat);
}

/* The members of one group pop in turn: what one claims, the next does not get. */
static void pop_shared(struct seat *seat, const struct row *row)
{
	const uint32_t n = seat->consumers;
	uint64_t i = 0, end, chunk;
	uint32_t k = 0;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			while (!pop_one(seat, seat->consumer[k], row, i))
				spin_pause();
			k = k + 1 < n ? k + 1 : 0;
		}
		sample_mark(seat, i);
	}
	sample_rate(seat);
}

/* B is a member of group 1, and A another, where the row has two; A also sends. */
static void open_drain(struct seat *seat, const struct row *row)
{
	struct row one = *row;
	int r;

	one.members = 1;
	open_steps(seat, &one);
	if (seat->side == SIDE_A && row->members == 2) {
		r = nabd_consumer_join_opts(seat->queue[0], 1, NULL, &seat->consumer[0]);
		if (r != NABD_OK)
			queue_fail("nabd_consumer_join_opts", r);
		seat->consumers = 1;
	}
	team_meet(seat);
}

/* Pops until there is nothing; counts, and checks that sequences grow. */
static uint64_t drain(struct seat *seat, const struct row *row)
{
	uint64_t n = 0, last = 0, sequence;
	size_t len = MAX_SIZE;
	int r;

	while ((r = nabd_consumer_pop(seat->consumer[0], seat->buf, &len)) == NABD_OK) {
		sequence = pool_sequence(seat->buf);
		seat->bad += len != row->size || (n && sequence <= last);
		last = sequence;
		n++;
		len = MAX_SIZE;
	}
	if (r != NABD_EMPTY)
		queue_fail("nabd_consumer_pop", r);
	return n;
}

static void fill_and_drain(struct seat *seat, const struct row *row)
{
	struct pool pool = pool_of(seat->pool, row->size, 1);
	const uint64_t rounds = seat->count / DRAIN < CHUNKS ? CHUNKS : seat->count / DRAIN;
	uint64_t i = 0, from = 0, step, end, ticks = 0, taken = 0, t;

	seat->chunks = 0;
	for (step = 1; step <= rounds; step++) {
		for (end = i + DRAIN; i < end; i++)
			push_one(seat->queue[0], &pool, i, 1);
		t = spin_ticks();
		spin_store(&seat->board->flag[2].word, step);
		taken += seat->consumers ? drain(seat, row) : 0;
		spin_until(&seat->board->flag[3].word, step);
		ticks += spin_ticks() - t;
		taken += seat->board->taken;
		if (step * CHUNKS / rounds != (step - 1) * CHUNKS / rounds) {
			sample_chunk(seat, ticks, i - from);
			from = i;
			ticks = 0;
		}
	}
	step_and_wait(seat, NO_MORE);
	seat->bad += taken != i;
	sample_chunks(seat);
}

static void drain_beside(struct seat *seat, const struct row *row)
{
	uint64_t step = 0;

	while ((step = next_step(seat, step)) != NO_MORE) {
		seat->board->taken = drain(seat, row);
		spin_store(&seat->board->flag[3].word, step);
	}
	spin_store(&seat->board->flag[3].word, step);
}

static struct row row_of(const char *name, uint32_t groups, uint32_t members)
{
	return (struct row){ .name = name, .part = PART_NABD, .flags = ROW_SPINS, .size = 64,
			     .slots = 1024, .groups = groups, .members = members,
			     .open = queue_open_two, .work = { push_all, NULL },
			     .close = queue_close };
}

static void add_keep(struct rows *rows, uint32_t groups)
{
	struct row row = row_of(NAME_KEEP, groups, 1);

	row.open = open_steps;
	row.work[SIDE_A] = push_bursts;
	row.work[SIDE_B] = keep_up;
	rows_add(rows, row);
}

static void add_patient(struct rows *rows, const char *name)
{
	struct row row = rows->row[rows->n - 1];

	row.name = name;
	row.flags |= ROW_PATIENT;
	rows_add(rows, row);
}

static void add_cast(struct rows *rows, uint32_t groups)
{
	struct row row = row_of(NAME_CAST, groups, 1);

	row.work[SIDE_B] = pop_each;
	rows_add(rows, row);
}

static void add_share(struct rows *rows, uint32_t members)
{
	struct row row = row_of(NAME_SHARE, 1, members);

	row.work[SIDE_B] = pop_shared;
	rows_add(rows, row);
}

static void add_drain(struct rows *rows, uint32_t members)
{
	struct row row = row_of(NAME_DRAIN, 1, members);

	row.queue_flags = NABD_CONSUMER; /* A pops too */
	row.open = open_drain;
	row.work[SIDE_A] = fill_and_drain;
	row.work[SIDE_B] = drain_beside;
	rows_add(rows, row);
}

void groups_rows(struct rows *rows)
{
	add_keep(rows, 1);
	add_keep(rows, 16);
	for (uint32_t n = 1; n <= 4; n *= 2) {
		add_cast(rows, n);
		add_share(rows, n);
	}
	add_drain(rows, 1);
	add_drain(rows, 2);
}

void groups_growth(struct rows *rows)
{
	for (uint32_t n = 1; n <= 16; n *= 2) {
		add_keep(rows, n);
		add_cast(rows, n);
		add_patient(rows, NAME_CAST_PATIENT);
		add_share(rows, n);
		add_patient(rows, NAME_SHARE_PATIENT);
	}
}
