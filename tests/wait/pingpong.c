/* SPDX-License-Identifier: MIT */
/*
 * pingpong.c - no wake-up is lost: nobody looks for himself here, as slices are switched
 * off and every wait is a sleep. Messages go to and fro between two processes; through
 * rings of one slot, so that who sends sleeps too; along a stream through a small ring;
 * and to a group of three, of which each message wakes one: who has got one waits until the
 * others have theirs, so that nobody can do another's work. On two CPUs, and on one.
 *
 * NABD_WAIT_TRIPS: round trips in all.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "wait.h"

#define DEFAULT_TRIPS 250000ul
#define MEMBERS 3u
#define GROUP   1u
#define BURST   3u /* fits in both rings of one slot and the hands of who answers */

enum { A, B }; /* sides; of a group the members are B and those behind */

static struct scene {
	const char *name;
	unsigned slots;
	void (*send)(void *);
	void (*answer)(void *);
	unsigned share; /* parts of all round trips */
	unsigned answerers;
} scene;
static uint64_t trips;
static unsigned cpus;
static int replies[2]; /* the pipe by which members answer */
static int leave[2];   /* and the one that lets them go on */

struct ends {
	nabd_t *out, *in;
};

static struct ends open_ends(const char *out, const char *in)
{
	const struct nabd_wait_opts opts = wait_power(WAIT_NEVER);

	return (struct ends){ wait_open(out, NABD_PRODUCER, &opts),
			      wait_open(in, NABD_CONSUMER, &opts) };
}

static void close_ends(struct ends e)
{
	EXPECT(nabd_close(e.out), NABD_OK);
	EXPECT(nabd_close(e.in), NABD_OK);
}

/* ------------------------------------------------------------------ to and fro */

static void ping(void *unused)
{
	struct ends e;

	(void)unused;
	wait_pin(0);
	e = open_ends("to", "fro");
	for (uint64_t i = 0; i < trips; i++) {
		wait_push(e.out, i);
		wait_pop(e.in, i);
	}
	close_ends(e);
}

static void pong(void *unused)
{
	struct ends e;

	(void)unused;
	wait_pin(cpus - 1);
	e = open_ends("fro", "to");
	for (uint64_t i = 0; i < trips; i++) {
		wait_pop(e.in, i);
		wait_push(e.out, i);
	}
	close_ends(e);
}

/* Three at a time through rings of one: whoever is ahead meets a full ring. */
static void ping_bursts(void *unused)
{
	struct ends e;

	(void)unused;
	wait_pin(0);
	e = open_ends("to", "fro");
	for (uint64_t i = 0; i < trips; i += BURST) {
		for (uint64_t k = i; k < i + BURST && k < trips; k++)
			wait_push(e.out, k);
		for (uint64_t k = i; k < i + BURST && k < trips; k++)
			wait_pop(e.in, k);
	}
	close_ends(e);
}

/* A stream: who sends is patient first, and woken for a single slot after that. */
static void send_stream(void *unused)
{
	struct ends e;

	(void)unused;
	wait_pin(0);
	e = open_ends("to", "fro");
	for (uint64_t i = 0; i < trips; i++)
		wait_push(e.out, i);
	wait_pop(e.in, trips);
	close_ends(e);
}

static void receive_stream(void *unused)
{
	struct ends e;

	(void)unused;
	wait_pin(cpus - 1);
	e = open_ends("fro", "to");
	for (uint64_t i = 0; i < trips; i++)
		wait_pop(e.in, i);
	wait_push(e.out, trips);
	close_ends(e);
}

/* --------------------------------------------------------------------- a group */

static nabd_consumer_t *join(nabd_t *q)
{
	nabd_consumer_t *c = NULL;

	EXPECT(nabd_consumer_join_opts(q, GROUP, NULL, &c), NABD_OK);
	return c;
}

/* Made before anything is sent, so that it gets everything. */
static void make_group(void *unused)
{
	nabd_consumer_t *c;
	nabd_t *q;

	(void)unused;
	EXPECT(fault_open("to", 0, 0, NABD_CONSUMER, &q), NABD_OK);
	c = join(q);
	EXPECT(nabd_consumer_close(c), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

static void get_replies(uint64_t first, uint64_t n)
{
	uint64_t seen = 0, got;

	for (uint64_t i = 0; i < n; i++) {
		wait_at("gets replies", first + i);
		CHECK(read(replies[0], &got, sizeof(got)) == (ssize_t)sizeof(got));
		if (got - first >= n || seen >> (got - first) & 1)
			FAIL("message %llu came again", (unsigned long long)got);
		seen |= UINT64_C(1) << (got - first);
	}
}

/* Each who has answered may go on when as many have as there were messages. */
static void let_go(uint64_t n)
{
	const char bytes[BURST] = { 0 };

	CHECK(write(leave[1], bytes, (size_t)n) == (ssize_t)n);
}

/* One alone may claim several messages at once, which would be for the others. */
static void until_all_are_there(nabd_t *q)
{
	struct nabd_group_info info = { .size = sizeof(info) };
	const struct timespec ms = { 0, 1000000 };

	wait_at("waits for the members", 0);
	while (info.members != MEMBERS) {
		EXPECT(nabd_group_look(q, GROUP, &info), NABD_OK);
		nanosleep(&ms, NULL);
	}
}

/* One, two or three at once, by a call for each or by one for all. */
static void send_burst(nabd_t *q, uint64_t first, uint64_t n, bool batch)
{
	uint64_t message[BURST][WAIT_SLOT / 8] = { { 0 } };
	uint32_t lens[BURST];
	size_t sent;

	if (!batch) {
		for (uint64_t i = 0; i < n; i++)
			wait_push(q, first + i);
		return;
	}
	for (uint64_t i = 0; i < n; i++) {
		message[i][0] = first + i;
		message[i][1] = ~message[i][0];
		lens[i] = WAIT_SLOT;
	}
	wait_at("sends a batch", first);
	EXPECT(nabd_push_batch_wait(q, message, lens, (size_t)n, &sent, -1), NABD_OK);
	CHECK(sent == n);
}

static void ping_group(void *unused)
{
	const struct nabd_wait_opts opts = wait_power(WAIT_NEVER);
	uint64_t end = 0;
	nabd_t *q;

	(void)unused;
	wait_pin(0);
	q = wait_open("to", NABD_PRODUCER, &opts);
	until_all_are_there(q);
	for (uint64_t i = 0, n; i < trips; i += n) {
		n = i % 7 % BURST + 1;
		if (n > trips - i)
			n = trips - i;
		send_burst(q, i, n, i % 2 != 0);
		get_replies(i, n);
		let_go(n);
		end = i + n;
	}
	/* One farewell for each: each of them ends at the first that it gets. */
	for (unsigned i = 0; i < MEMBERS; i++)
		wait_push(q, end + i);
	EXPECT(nabd_close(q), NABD_OK);
}

static void pong_group(void *arg)
{
	const struct nabd_wait_opts opts = wait_power(WAIT_NEVER);
	const unsigned member = *(const unsigned *)arg;
	nabd_consumer_t *c;
	uint64_t got;
	nabd_t *q;
	char byte;

	wait_pin(member % 2 ? 0 : cpus - 1);
	EXPECT(fault_open("to", 0, 0, NABD_CONSUMER, &q), NABD_OK);
	EXPECT(nabd_set_wait(q, &opts), NABD_OK);
	c = join(q);
	wait_at("waits as a member", 0);
	while ((got = wait_consumer_pop(c)) < trips) {
		CHECK(write(replies[1], &got, sizeof(got)) == (ssize_t)sizeof(got));
		wait_at("waits for the others", got);
		CHECK(read(leave[0], &byte, 1) == 1);
		wait_at("waits as a member", got);
	}
	EXPECT(nabd_consumer_close(c), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

/* --------------------------------------------------------------------- the scenes */

static const struct scene scenes[] = {
	{ "to and fro", 64, ping, pong, 5, 1 },
	{ "rings of one slot", 1, ping_bursts, pong, 3, 1 },
	{ "a stream, 8 slots", 8, send_stream, receive_stream, 2, 1 },
	{ "a stream, 1 slot", 1, send_stream, receive_stream, 2, 1 },
	{ "a group of three", 64, ping_group, pong_group, 4, MEMBERS },
};
#define SHARES 16u

static void play(uint64_t count)
{
	static const char *const names[] = { "B", "C", "D" };
	static const unsigned numbers[] = { 0, 1, 2 };
	pid_t pids[1 + MEMBERS];

	trips = count;
	wait_make("to", scene.slots);
	wait_make("fro", scene.slots);
	if (scene.answerers > 1)
		fault_run_child(make_group, NULL);
	CHECK(pipe(replies) == 0 && pipe(leave) == 0);
	for (unsigned i = 0; i < scene.answerers; i++)
		pids[i] = wait_start(B + i, names[i], scene.answer, (void *)&numbers[i]);
	pids[scene.answerers] = wait_start(A, "A", scene.send, NULL);
	wait_for(pids, scene.answerers + 1);
	close(replies[0]);
	close(replies[1]);
	close(leave[0]);
	close(leave[1]);
	EXPECT(fault_unlink("to"), NABD_OK);
	EXPECT(fault_unlink("fro"), NABD_OK);
	printf("%s, %u CPU: %llu messages\n", scene.name, cpus, (unsigned long long)count);
}

int main(void)
{
	const uint64_t all = wait_count("NABD_WAIT_TRIPS", DEFAULT_TRIPS);
	const unsigned most = wait_cpus() > 1 ? 2 : 1;

	wait_begin("wait-pingpong");
	for (unsigned i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		for (cpus = 1; cpus <= most; cpus++) {
			scene = scenes[i];
			play(all * scene.share / SHARES / most + 1);
		}
	}
	return 0;
}
