/* SPDX-License-Identifier: MIT */
/*
 * together.c - members of one group save to one file at the same time, while it is read
 * all the time: each save has a number of its own, what is read never goes back, and is
 * never behind a save that has returned.
 */
#define _GNU_SOURCE

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../fault/fault.h"

#define QUEUE  "q"
#define GROUP  1u
#define SAVERS 3u
#define SAVES  300u

struct shared {
	_Atomic uint64_t promised; /* the highest sequence of a save that returned */
	_Atomic uint64_t saves;    /* that succeeded */
};

static struct shared *shared;
static char path[256];

static void promise(uint64_t sequence)
{
	uint64_t seen = atomic_load(&shared->promised);

	while (seen < sequence && !atomic_compare_exchange_weak(&shared->promised, &seen, sequence))
		;
	atomic_fetch_add(&shared->saves, 1);
}

static void work(void)
{
	nabd_consumer_t *c;
	nabd_t *q;

	EXPECT(fault_open(QUEUE, 0, 0, NABD_CONSUMER, &q), NABD_OK);
	EXPECT(nabd_consumer_join_opts(q, GROUP, NULL, &c), NABD_OK);
	for (unsigned i = 0; i < SAVES; i++) {
		char byte;
		size_t len = sizeof(byte);
		uint64_t sequence;
		int rc;

		EXPECT(nabd_consumer_pop(c, &byte, &len), NABD_OK);
		rc = nabd_checkpoint_save(c, path);
		if (rc == NABD_BUSY) /* the others were faster all the time */
			continue;
		EXPECT(rc, NABD_OK);
		EXPECT(nabd_checkpoint_status(c, NULL, &sequence), NABD_OK);
		promise(sequence);
		if (i % 16 == 0) /* then the others save in a row, to a file that they know */
			usleep(2000);
	}
	EXPECT(nabd_consumer_close(c), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

/* One that fails ends within work(); the reader is told by the pipe that all leave open. */
static void save(void *end)
{
	const int *ends = end;

	close(ends[0]);
	work();
}

int main(void)
{
	struct nabd_checkpoint said = { .size = sizeof(said) };
	uint64_t before = 0, reads = 0, low = 0;
	pid_t pid[SAVERS];
	int ends[2];
	char byte;
	nabd_t *q;

	fault_begin("together");
	(void)snprintf(path, sizeof(path), "%s/ck", fault_dir());
	shared = fault_shared(sizeof(*shared));
	EXPECT(fault_open(QUEUE, 1024, 8, NABD_CREATE | NABD_EXCL | NABD_PRODUCER, &q), NABD_OK);
	for (unsigned i = 0; i < SAVERS * SAVES; i++)
		EXPECT(nabd_push(q, "x", 1), NABD_OK);
	CHECK(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
	for (unsigned i = 0; i < SAVERS; i++)
		pid[i] = fault_start_child(save, ends);
	close(ends[1]);
	while (read(ends[0], &byte, 1) != 0) { /* until the last of them has ended */
		const uint64_t promised = atomic_load(&shared->promised);
		int rc = nabd_checkpoint_load(path, &said);

		if (rc == NABD_NOTFOUND && before == 0 && promised == 0)
			continue;
		EXPECT(rc, NABD_OK);
		CHECK(said.saves >= before && said.sequence >= promised && said.sequence >= low);
		before = said.saves;
		low = said.sequence;
		reads++;
	}
	for (unsigned i = 0; i < SAVERS; i++)
		fault_await_child(pid[i]);
	EXPECT(nabd_checkpoint_load(path, &said), NABD_OK);
	CHECK(said.saves == atomic_load(&shared->saves));
	printf("%llu saves by %u members, read %llu times\n", (unsigned long long)said.saves,
	       SAVERS, (unsigned long long)reads);
	EXPECT(nabd_close(q), NABD_OK);
	return 0;
}
