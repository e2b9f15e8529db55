/* SPDX-License-Identifier: MIT */
/*
 * soak.c - starts them all, kills one every 5 to 50 ms and starts it anew, and keeps the
 * account: for each of the four groups every message was given to a member whole before
 * the group let it go, and came again only where a member had died with it, or gave it
 * back, and then said so.
 *
 * SOAK_SECONDS or --seconds; --seed repeats the kills, though not what they meet.
 */
#define _GNU_SOURCE

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

#define DEFAULT_SECONDS 15u
#define PLAYERS (1u + SOAK_GROUPS * SOAK_MEMBERS + SOAK_VISITORS)
#define SWEEP_US 1000u
#define STUCK_SECONDS 60u /* a bound on a hang, not a measurement */

struct soak *soak;

static struct player {
	pid_t pid;
	void (*play)(void *number);
	unsigned number;
} players[PLAYERS];

static uint64_t rng;
static unsigned long kills, producer_deaths;
static nabd_t *watcher;

static uint64_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

static void start(struct player *p)
{
	p->pid = fault_start_child(p->play, &p->number);
}

/* The producer; the members, the group being their number modulo four; the visitors. */
static void cast(void)
{
	const unsigned members = SOAK_GROUPS * SOAK_MEMBERS;

	for (unsigned i = 0; i < PLAYERS; i++) {
		players[i].play = i == 0 ? soak_produce : i <= members ? soak_member : soak_visit;
		players[i].number = i == 0 ? 0 : i <= members ? i - 1 : i - 1 - members;
		start(&players[i]);
	}
}

/* Now and then the dying one is paused before, and the others go on. */
static void strike(void)
{
	struct player *p = &players[traffic_random(&rng) % PLAYERS];

	if (traffic_random(&rng) % 8 == 0) {
		CHECK(kill(p->pid, SIGSTOP) == 0);
		usleep((useconds_t)(traffic_random(&rng) % 30000));
	}
	fault_kill(p->pid);
	kills++;
	producer_deaths += p->play == soak_produce;
	if (p->play == soak_member)
		soak->group[p->number % SOAK_GROUPS].deaths++;
	start(p);
}

/* Sweep all groups. Whether all that was sent is done. */
static bool sweep(void)
{
	struct nabd_stats st = { .size = sizeof(st) };
	bool all = true;

	EXPECT(nabd_stats(watcher, &st), NABD_OK);
	for (unsigned g = 1; g <= SOAK_GROUPS; g++) {
		struct nabd_group_info info = { .size = sizeof(info) };

		EXPECT(nabd_group_look(watcher, g, &info), NABD_OK);
		soak_sweep(g, info.low);
		all &= info.low >= st.head && info.holding == 0;
	}
	return all;
}

/* Nobody ends by itself before the end. */
static void check_alive(void)
{
	for (unsigned i = 0; i < PLAYERS; i++) {
		int status;

		if (waitpid(players[i].pid, &status, WNOHANG) != 0)
			FAIL("player %u has ended, with status %x", i, (unsigned)status);
	}
}

static void check_progress(void)
{
	static uint64_t last, since;
	uint64_t sent = atomic_load(&soak->sent.done), now = seconds();

	if (sent != last || !since) {
		last = sent;
		since = now;
	} else if (now - since > STUCK_SECONDS) {
		FAIL("stuck at message %" PRIu64, sent);
	}
}

static void run(unsigned long most_seconds)
{
	uint64_t end = seconds() + most_seconds;

	while (seconds() < end) {
		useconds_t pause = (useconds_t)(5000 + traffic_random(&rng) % 45000);

		for (useconds_t at = 0; at < pause; at += SWEEP_US) {
			usleep(SWEEP_US);
			(void)sweep();
		}
		check_progress();
		check_alive();
		strike();
	}
}

static void await(unsigned from, unsigned until)
{
	for (unsigned i = from; i < until; i++)
		fault_await_child(players[i].pid);
}

/* The producer ends, the members do the rest, and then nothing is held by anybody. */
static void finish(void)
{
	const unsigned visitors = PLAYERS - SOAK_VISITORS;
	uint64_t since = seconds();

	atomic_store(&soak->stopping, 1);
	await(0, 1);
	await(visitors, PLAYERS);
	while (!sweep()) {
		usleep(SWEEP_US);
		if (seconds() - since > STUCK_SECONDS)
			FAIL("the members do not come to an end");
	}
	atomic_store(&soak->drained, 1);
	await(1, visitors);
	for (unsigned g = 1; g <= SOAK_GROUPS; g++) {
		CHECK(atomic_load(&soak->group[g - 1].swept) == atomic_load(&soak->sent.done));
		soak_check_again(g);
		printf("group %u: %" PRIu64 " messages, none lost; %" PRIu64
		       " came again; %" PRIu64 " members died\n", g,
		       atomic_load(&soak->group[g - 1].swept), atomic_load(&soak->group[g - 1].again),
		       soak->group[g - 1].deaths);
	}
}

static void make_queue(uint64_t seed)
{
	nabd_t *q;

	soak = fault_shared(sizeof(*soak));
	rng = seed;
	soak->traffic = (struct traffic){ traffic_random(&rng), SOAK_SLOT_SIZE, 0 };
	EXPECT(fault_open(SOAK_QUEUE, SOAK_SLOTS, soak->traffic.slot_size,
			  NABD_CREATE | NABD_EXCL | NABD_CONSUMER, &q), NABD_OK);
	for (unsigned g = 1; g <= SOAK_GROUPS; g++) {
		nabd_consumer_t *c = nabd_consumer_join(q, g);

		CHECK(c);
		EXPECT(nabd_consumer_close(c), NABD_OK);
	}
	EXPECT(nabd_close(q), NABD_OK);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "seconds", 1, NULL, 't' }, { "seed", 1, NULL, 's' }, { NULL, 0, NULL, 0 },
	};
	const char *env = getenv("SOAK_SECONDS");
	unsigned long most = env && *env ? strtoul(env, NULL, 0) : DEFAULT_SECONDS;
	uint64_t seed = (uint64_t)time(NULL) * 1000003u ^ (uint64_t)getpid();
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 't') {
			most = strtoul(optarg, NULL, 0);
		} else if (c == 's') {
			seed = strtoull(optarg, NULL, 0);
		} else {
			fputs("usage: soak [--seconds N] [--seed N]\n", stderr);
			return 2;
		}
	}
	fault_begin("soak");
	printf("soak: %lu seconds, seed %" PRIu64 "\n", most, seed);
	make_queue(seed);
	cast();
	EXPECT(fault_open(SOAK_QUEUE, 0, 0, NABD_OBSERVE, &watcher), NABD_OK);
	run(most);
	finish();
	EXPECT(nabd_close(watcher), NABD_OK);
	printf("%lu kills, %lu of them of the producer; %" PRIu64 " visits ended, %" PRIu64
	       " groups were evicted, %" PRIu64 " removed\n", kills, producer_deaths,
	       atomic_load(&soak->visits), atomic_load(&soak->evictions),
	       atomic_load(&soak->removals));
	CHECK(kills > 0 && atomic_load(&soak->sent.done) > 0);
	return 0;
}
