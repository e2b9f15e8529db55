/* SPDX-License-Identifier: MIT */
/*
 * kill_resume.c - a worker that saves checkpoints is killed anywhere, again and again, and
 * forgets what it had done behind the last of them, as one does that keeps its results in
 * memory; the next one goes on from the checkpoint. In the end every message is done, and
 * no checkpoint was ever behind one that was promised, or damaged.
 *
 * A group that does not read holds all messages, so that nothing can be gone.
 */
#define _GNU_SOURCE

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../fault/fault.h"

#define QUEUE    "q"
#define GROUP    1u
#define HOLDER   2u
#define MESSAGES 2000u
#define KILLS    400u
#define LONGEST  2000u /* microseconds that a worker may live */

struct shared {
	_Atomic uint64_t promised;    /* sequence of a save that returned */
	_Atomic uint64_t resumed;     /* workers that went on from a checkpoint */
	_Atomic unsigned char done[MESSAGES];
};

static struct shared *shared;
static char path[256];
static uint64_t rng = 88172645463325252;

static uint64_t chance(uint64_t below)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (rng >> 11) % below;
}

static void note_promise(nabd_consumer_t *c)
{
	uint64_t sequence;
	int error;

	EXPECT(nabd_checkpoint_status(c, &error, &sequence), NABD_OK);
	EXPECT(error, NABD_OK);
	atomic_store(&shared->promised, sequence);
}

/* Exactly where the checkpoint says, if there is one. */
static void go_on(nabd_consumer_t *c)
{
	struct nabd_resume r = NABD_RESUME_INIT;
	struct nabd_msg m;
	int rc = nabd_consumer_resume(c, path, &r);

	if (rc == NABD_NOTFOUND) {
		CHECK(atomic_load(&shared->promised) == 0);
		EXPECT(nabd_consumer_seek(c, 0, NULL), NABD_OK);
		return;
	}
	EXPECT(rc, NABD_OK);
	CHECK(r.state == NABD_RESUMED_EXACT && r.lost == 0);
	CHECK(r.sequence >= atomic_load(&shared->promised));
	atomic_fetch_add(&shared->resumed, 1);
	if (r.sequence < MESSAGES) {
		EXPECT(nabd_consumer_peek_msg(c, &m), NABD_OK);
		CHECK(m.sequence == r.sequence);
	}
}

static void work(void *arg)
{
	const uint64_t *by_itself = arg;
	nabd_consumer_t *c;
	struct nabd_msg m;
	bool saved = *by_itself != 0;
	nabd_t *q;
	int rc;

	EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
	EXPECT(nabd_consumer_join_opts(q, GROUP, NULL, &c), NABD_OK);
	go_on(c);
	if (*by_itself)
		EXPECT(nabd_checkpoint_auto(c, path, *by_itself, 1000000), NABD_OK);
	while ((rc = nabd_consumer_peek_msg(c, &m)) == NABD_OK) {
		CHECK(m.sequence < MESSAGES && m.len == 8);
		CHECK(memcmp(m.data, &m.sequence, 8) == 0);
		atomic_store(&shared->done[m.sequence], 1);
		EXPECT(nabd_consumer_release(c), NABD_OK);
		if (!*by_itself && m.sequence % 7 == 0) {
			EXPECT(nabd_checkpoint_save(c, path), NABD_OK);
			saved = true;
		}
		if (saved)
			note_promise(c);
	}
	EXPECT(rc, NABD_EMPTY);
	EXPECT(nabd_checkpoint_save(c, path), NABD_OK);
	EXPECT(nabd_consumer_close(c), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

/* What was not in the checkpoint is forgotten. */
static void forget(void)
{
	struct nabd_checkpoint said = { .size = sizeof(said) };
	uint64_t from = 0;
	int rc = nabd_checkpoint_load(path, &said);

	if (rc == NABD_OK)
		from = said.sequence;
	else
		EXPECT(rc, NABD_NOTFOUND);
	CHECK(from >= atomic_load(&shared->promised) && from <= MESSAGES);
	for (uint64_t i = 0; i < from; i++)
		CHECK(atomic_load(&shared->done[i]));
	for (; from < MESSAGES; from++)
		atomic_store(&shared->done[from], 0);
}

static void fill(nabd_t *q)
{
	nabd_consumer_t *c;

	for (unsigned g = GROUP; g <= HOLDER; g++) {
		EXPECT(nabd_consumer_join_opts(q, g, NULL, &c), NABD_OK);
		EXPECT(nabd_consumer_close(c), NABD_OK);
	}
	for (uint64_t i = 0; i < MESSAGES; i++)
		EXPECT(nabd_push(q, &i, sizeof(i)), NABD_OK);
}

/* How many were killed until all was done. */
static unsigned run(uint64_t by_itself)
{
	unsigned kills = 0;
	int status;
	nabd_t *q;

	memset(shared, 0, sizeof(*shared));
	EXPECT(fault_open(QUEUE, MESSAGES, 8,
			  NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER, &q), NABD_OK);
	fill(q);
	do {
		pid_t pid = fault_start_child(work, &by_itself);

		usleep((useconds_t)chance(LONGEST));
		kill(pid, SIGKILL);
		CHECK(waitpid(pid, &status, 0) == pid);
		if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
			FAIL("a worker failed");
		kills += WIFSIGNALED(status);
		forget();
	} while (!WIFEXITED(status));
	for (unsigned i = 0; i < MESSAGES; i++)
		CHECK(atomic_load(&shared->done[i]));
	EXPECT(nabd_close(q), NABD_OK);
	fault_clear();
	return kills;
}

int main(void)
{
	unsigned kills = 0, resumed = 0, rounds = 0;

	fault_begin("kill-resume");
	(void)snprintf(path, sizeof(path), "%s/ck", fault_dir());
	shared = fault_shared(sizeof(*shared));
	while (kills < KILLS) {
		kills += run(rounds++ % 2 ? 1 + chance(20) : 0);
		resumed += (unsigned)atomic_load(&shared->resumed);
	}
	printf("%u workers killed in %u rounds, %u went on from a checkpoint\n", kills, rounds,
	       resumed);
	CHECK(resumed > 0);
	return 0;
}
