/* SPDX-License-Identifier: MIT */
/* Members at work. What they were given is counted outside of the shared memory. */
#include <string.h>

#include "crew.h"

#undef memcpy

#define NOTHING UINT64_MAX

struct nabdi_producer crew_producer;
struct nabd_consumer crew_consumer[MODEL_THREADS];
uint64_t crew_first;
bool crew_may_end;
uint64_t crew_max_lag;
unsigned crew_moved;
struct nabdi_consumer crew_reader;
struct world_log crew_read;

static struct nabdi_os_hold hold;
static const nabd_cell32 living = {1};
static struct nabd handle = {
	.magic = NABDI_HANDLE_MAGIC, .generation = 1, .living = &living, .flags = NABD_CONSUMER};
static uint64_t releasing[MODEL_THREADS]; /* what a thread may have released when it died */
static bool joined[MODEL_THREADS];
static unsigned given[MODEL_THREADS][WORLD_MOST], released[MODEL_THREADS][WORLD_MOST];

void crew_begin(void)
{
	memset(joined, 0, sizeof(joined));
	memset(given, 0, sizeof(given));
	memset(released, 0, sizeof(released));
	memset(crew_consumer, 0, sizeof(crew_consumer));
	memset(&crew_producer, 0, sizeof(crew_producer));
	hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	for (unsigned t = 0; t < MODEL_THREADS; t++)
		releasing[t] = NOTHING;
	crew_first = 0;
	crew_may_end = false;
	crew_max_lag = 0;
	crew_moved = 0;
	memset(&crew_read, 0, sizeof(crew_read));
	nabdi_consumer_begin(&crew_reader, &model_segment);
}

void crew_join_reader(unsigned thread)
{
	model_acting = thread;
	MODEL_CHECK(nabdi_consumer_ready(&crew_reader) == NABD_OK, "no reader");
	model_acting = 0;
}

void crew_produce(unsigned thread)
{
	model_acting = thread;
	MODEL_CHECK(nabdi_role_enter(&model_segment, true, &hold) == NABD_OK &&
			    nabdi_producer_begin(&crew_producer, &model_segment) == NABD_OK,
		    "no producer");
	model_acting = 0;
}

int crew_join(unsigned thread, uint32_t flags)
{
	const struct nabd_join_opts opts = {
		.size = sizeof(opts), .flags = flags, .max_lag = crew_max_lag};
	struct nabd_consumer *c = &crew_consumer[thread];
	int rc;

	model_acting = thread;
	*c = (struct nabd_consumer){.magic = NABDI_CONSUMER_MAGIC, .q = &handle};
	rc = nabdi_member_join(&c->m, &model_segment, CREW_GROUP, &opts);
	model_acting = 0;
	MODEL_CHECK(rc == NABD_OK || rc == NABD_BUSY, "joining: %d", rc);
	joined[thread] = rc == NABD_OK;
	return rc;
}

bool crew_joined(unsigned thread)
{
	return joined[thread];
}

void crew_send_some(unsigned messages, unsigned tries)
{
	for (unsigned i = 0; i < tries && messages > 0; i++) {
		const uint64_t value = world_message(0, crew_producer.head);
		int rc = nabdi_producer_push(&crew_producer, &value, sizeof(value));

		MODEL_CHECK(rc == NABD_OK || rc == NABD_FULL, "push answers %d", rc);
		messages -= rc == NABD_OK;
	}
}

void crew_send(unsigned messages)
{
	const uint64_t head = crew_producer.head;

	crew_send_some(messages, messages);
	MODEL_CHECK(crew_producer.head == head + messages, "no room to begin with");
}

/* A message was read; it must be this one, unless it may be overwritten. */
static void read_one(unsigned thread, uint64_t value, size_t len, uint64_t expected,
		     uint64_t *sequence)
{
	MODEL_CHECK(len == sizeof(value) && expected < WORLD_MOST, "message %ju, %zu bytes",
		    (uintmax_t)expected, len);
	MODEL_CHECK(model_scene->racy || value == world_message(0, expected),
		    "message %ju reads as %#jx", (uintmax_t)expected, (uintmax_t)value);
	*sequence = value == world_message(0, expected) ? expected : NOTHING;
	if (*sequence != NOTHING)
		given[thread][*sequence]++;
}

static int was_done(unsigned thread, uint64_t sequence)
{
	MODEL_CHECK(sequence != NOTHING, "a message that was overwritten is taken for whole");
	released[thread][sequence]++;
	return NABD_OK;
}

int crew_take(unsigned thread, uint64_t *sequence)
{
	struct nabd_consumer *c = &crew_consumer[thread];
	const void *data;
	uint64_t value = 0;
	size_t len;
	int rc = nabd_consumer_peek(c, &data, &len);

	if (rc != NABD_OK)
		return rc;
	model_memcpy(&value, data, sizeof(value));
	read_one(thread, value, len, c->m.line->begin, sequence);
	return NABD_OK;
}

/* sequence is what was read; NOTHING if that made no sense, which must be said then. */
int crew_done(unsigned thread, uint64_t sequence)
{
	int rc;

	releasing[thread] = sequence;
	rc = nabd_consumer_release(&crew_consumer[thread]);
	releasing[thread] = NOTHING;
	return rc == NABD_OK ? was_done(thread, sequence) : rc;
}

/* What was released by a death in the middle can't be told: for scenes without any. */
static int pop(unsigned thread)
{
	struct nabd_consumer *c = &crew_consumer[thread];
	uint64_t value = 0, sequence;
	size_t len = sizeof(value);
	int rc = nabd_consumer_pop(c, &value, &len);

	if (rc != NABD_OK)
		return rc;
	read_one(thread, value, len, c->m.line->begin - 1, &sequence);
	return was_done(thread, sequence);
}

static int take_and_release(unsigned thread)
{
	uint64_t sequence;
	int rc = crew_take(thread, &sequence);

	return rc == NABD_OK ? crew_done(thread, sequence) : rc;
}

static void serve(unsigned thread, unsigned tries, int (*one)(unsigned thread))
{
	for (unsigned i = 0; i < tries; i++) {
		int rc = one(thread);

		if (crew_may_end && (rc == NABD_DROPPED || rc == NABD_EVICTED))
			return;
		if (model_scene->overwrite && rc == NABD_LAPPED)
			continue;
		MODEL_CHECK(rc == NABD_OK || rc == NABD_EMPTY, "member %u is told %d", thread, rc);
	}
}

void crew_serve(unsigned thread, unsigned tries)
{
	serve(thread, tries, take_and_release);
}

void crew_serve_copies(unsigned thread, unsigned tries)
{
	serve(thread, tries, pop);
}

uint64_t crew_released(void)
{
	uint64_t sum = 0;

	for (unsigned t = 0; t < MODEL_THREADS; t++)
		for (unsigned i = 0; i < WORLD_MOST; i++)
			sum += released[t][i];
	return sum;
}

void crew_forget(unsigned thread)
{
	memset(given[thread], 0, sizeof(given[0]));
	memset(released[thread], 0, sizeof(released[0]));
}

void crew_check(void)
{
	const uint64_t head = crew_producer.head;
	unsigned dead = 0;

	for (unsigned t = 1; t < MODEL_THREADS; t++)
		dead += (model_scene->mortal & 1u << t) != 0;
	MODEL_CHECK(crew_join(0, 0) == NABD_OK, "nobody can join in the end");
	crew_serve(0, (unsigned)(2 * (head - crew_first) + 4));
	for (uint64_t s = crew_first; s < head; s++) {
		unsigned taken = 0, finished = 0, perhaps = 0;

		for (unsigned t = 0; t < MODEL_THREADS; t++) {
			taken += given[t][s];
			finished += released[t][s];
			perhaps += releasing[t] == s;
		}
		MODEL_CHECK(taken > 0, "message %ju was given to nobody", (uintmax_t)s);
		MODEL_CHECK(finished + perhaps > 0, "message %ju was not done", (uintmax_t)s);
		/* An intent of a dead one may look like a claim. */
		MODEL_CHECK(finished <= 1 + dead + crew_moved, "message %ju was done %u times",
			    (uintmax_t)s, finished);
	}
}
