/* SPDX-License-Identifier: MIT */
/*
 * fallback.c - where the kernel forbids what waiting rests on. Without the barrier, in one
 * process or both, all who publish fence: that is noted in the queue, and wakes are still
 * made, as nobody looks for himself here. Without sleeping on a word, who waits looks each
 * millisecond.
 *
 * NABD_WAIT_BLIND: round trips where that is so; each takes some milliseconds.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

#include "handle.h"
#include "wait.h"

#define BURST 3u
#define TRIPS (6667u * BURST)
#define DEFAULT_BLIND 500ul

/* What is forbidden to one of the two: an errno, or 0. */
struct forbidden {
	int membarrier, futex;
	bool later; /* only once the queues are open: the process is known to barriers */
};

static const struct scene {
	const char *name;
	struct forbidden side[2];
} scenes[] = {
	{ "nothing", { { 0 }, { 0 } } },
	{ "the barrier, to one: ENOSYS", { { .membarrier = ENOSYS }, { 0 } } },
	{ "the barrier, to one: EPERM", { { .membarrier = EPERM }, { 0 } } },
	{ "the barrier, to the other", { { 0 }, { .membarrier = ENOSYS } } },
	{ "the barrier, to both", { { .membarrier = ENOSYS }, { .membarrier = EPERM } } },
	{ "the barrier, to one, later", { { .membarrier = EPERM, .later = true }, { 0 } } },
	{ "the barrier, to both, later",
	  { { .membarrier = EPERM, .later = true }, { .membarrier = ENOSYS, .later = true } } },
	{ "sleep, to one", { { .futex = EPERM }, { 0 } } },
	{ "sleep, to the other", { { 0 }, { .futex = EPERM } } },
	{ "sleep, to both", { { .futex = EPERM }, { .futex = ENOSYS } } },
	{ "both, to one", { { .membarrier = EPERM, .futex = EPERM }, { 0 } } },
	{ "both, to both",
	  { { .membarrier = EPERM, .futex = EPERM }, { .membarrier = ENOSYS, .futex = EPERM } } },
};

static const struct scene *scene;
static uint64_t trips;

static bool can_wake(const struct scene *s)
{
	return s->side[0].futex == 0 && s->side[1].futex == 0;
}

/* Where one can neither sleep nor wake, the other must look by himself. */
static struct nabd_wait_opts how_to_wait(void)
{
	return wait_power(can_wake(scene) ? WAIT_NEVER : 1000000);
}

static void forbid(const struct forbidden *f, bool later)
{
	if (f->later == later && (f->membarrier != 0 || f->futex != 0))
		filter_fail(f->membarrier, f->futex);
}

/* Three at a time through rings of one slot: both sleep for messages and for slots. */
static void ping(nabd_t *out, nabd_t *in)
{
	for (uint64_t i = 0; i < trips; i += BURST) {
		for (uint64_t k = i; k < i + BURST; k++)
			wait_push(out, k);
		for (uint64_t k = i; k < i + BURST; k++)
			wait_pop(in, k);
	}
}

static void pong(nabd_t *out, nabd_t *in)
{
	for (uint64_t i = 0; i < trips; i++) {
		wait_pop(in, i);
		wait_push(out, i);
	}
}

static void play_side(unsigned side)
{
	const struct nabd_wait_opts opts = how_to_wait();
	nabd_t *out, *in;

	if (wait_cpus() > 1)
		wait_pin(side);
	forbid(&scene->side[side], false);
	out = wait_open(side == 0 ? "to" : "fro", NABD_PRODUCER, &opts);
	in = wait_open(side == 0 ? "fro" : "to", NABD_CONSUMER, &opts);
	forbid(&scene->side[side], true);
	if (side == 0)
		ping(out, in);
	else
		pong(out, in);
	EXPECT(nabd_close(out), NABD_OK);
	EXPECT(nabd_close(in), NABD_OK);
}

static void play_a(void *unused)
{
	(void)unused;
	play_side(0);
}

static void play_b(void *unused)
{
	(void)unused;
	play_side(1);
}

/* Forbidden before it was known to barriers: all who share a queue with it must fence. */
static bool unreached(void)
{
	const struct forbidden *f = scene->side;

	return (f[0].membarrier != 0 && !f[0].later) || (f[1].membarrier != 0 && !f[1].later);
}

/*
 * A bit for those who send messages, and another for those who release them. One who is
 * forbidden later is reached by others, and can't reach them: that is noted of what he
 * sleeps for, which he surely does for messages, and maybe for a slot.
 */
static void check_fence(const char *name, const struct forbidden *sender,
			const struct forbidden *receiver)
{
	const bool want = unreached() || receiver->membarrier != 0;
	const struct nabd_shm_waits *waits;
	bool sending, releasing;
	nabd_t *q;

	EXPECT(fault_open(name, 0, 0, NABD_OBSERVE, &q), NABD_OK);
	waits = &nabdi_segment_consumers(&q->segment)->waits;
	sending = (cell_load_acquire(&waits->readers) & NABD_SHM_FENCE) != 0;
	releasing = (cell_load_acquire(&waits->senders) & NABD_SHM_FENCE) != 0;
	EXPECT(nabd_close(q), NABD_OK);
	if (sending != want)
		FAIL("%s: those who send in \"%s\" %s", scene->name, name,
		     sending ? "fence, for nothing" : "are not told to fence");
	if (releasing != unreached() && (!releasing || sender->membarrier == 0))
		FAIL("%s: those who release in \"%s\" %s", scene->name, name,
		     releasing ? "fence, for nothing" : "are not told to fence");
}

static void check_fences(void *unused)
{
	(void)unused;
	check_fence("to", &scene->side[0], &scene->side[1]);
	check_fence("fro", &scene->side[1], &scene->side[0]);
}

static void play(void)
{
	pid_t pids[2];

	wait_make("to", 1);
	wait_make("fro", 1);
	pids[1] = wait_start(1, "B", play_b, NULL);
	pids[0] = wait_start(0, "A", play_a, NULL);
	wait_for(pids, 2);
	fault_run_child(check_fences, NULL);
	EXPECT(fault_unlink("to"), NABD_OK);
	EXPECT(fault_unlink("fro"), NABD_OK);
	printf("forbidden is %s: %llu messages to and fro\n", scene->name,
	       (unsigned long long)trips);
}

int main(void)
{
	const unsigned long blind = wait_count("NABD_WAIT_BLIND", DEFAULT_BLIND);

	if (!filter_works())
		return 77;
	wait_begin("wait-fallback");
	for (unsigned i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		scene = &scenes[i];
		trips = can_wake(scene) ? TRIPS : (blind + BURST - 1) / BURST * BURST;
		play();
	}
	return 0;
}
