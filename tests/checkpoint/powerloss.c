/* SPDX-License-Identifier: MIT */
/*
 * powerloss.c - the power fails at any moment of a series of saves, be they undisturbed,
 * with a call that fails, or with a process that is killed and followed by another: there
 * is always a checkpoint to be read, the last that was promised or a newer one. See disk.h.
 *
 * A kernel that has given up a write says so once: that saves which rely on a later sync
 * are found out is shown by the seeded bugs of tests/mutants, checkpoint-*.sed.
 */
#define _GNU_SOURCE

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../fault/fault.h"
#include "disk.h"

#define QUEUE "q"
#define GROUP 1u
#define SAVES 5u

static char path[256];

/* What a process does: one member, or two that save in turn; it ends at its first error. */
struct plan {
	unsigned members;
	bool ends;
};

static void work(void *arg)
{
	const struct plan *plan = arg;
	nabd_consumer_t *c[2] = { NULL, NULL };
	nabd_t *q;

	q = fault_take_over(QUEUE, NABD_PRODUCER | NABD_CONSUMER);
	for (unsigned i = 0; i < plan->members; i++)
		EXPECT(nabd_consumer_join_opts(q, GROUP, NULL, &c[i]), NABD_OK);
	for (unsigned i = 0; i < SAVES; i++) {
		char byte;
		size_t len = sizeof(byte);
		int rc;

		EXPECT(nabd_push(q, "x", 1), NABD_OK);
		EXPECT(nabd_consumer_pop(c[i % plan->members], &byte, &len), NABD_OK);
		disk_watch();
		rc = nabd_checkpoint_save(c[i % plan->members], path);
		disk_unwatch();
		if (rc == NABD_OK)
			disk_promise(path);
		else if (!disk_troubled())
			FAIL("a save without trouble: %s", fault_error(rc));
		if (rc != NABD_OK && plan->ends)
			_exit(0); /* as if it was killed */
	}
	for (unsigned i = 0; i < plan->members; i++)
		EXPECT(nabd_consumer_close(c[i]), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
}

static void run(const struct plan *first, enum disk_trouble trouble, unsigned at)
{
	const struct plan second = { first->members, false };
	nabd_t *q;

	EXPECT(fault_open(QUEUE, 64, 8, NABD_CREATE | NABD_EXCL | NABD_PRODUCER, &q), NABD_OK);
	EXPECT(nabd_close(q), NABD_OK);
	disk_begin(trouble, at);
	fault_run_child(work, (void *)first);
	fault_run_child(work, (void *)&second);
	disk_judge();
	fault_clear();
}

int main(void)
{
	static const struct plan plans[] = { { 1, false }, { 1, true }, { 2, false }, { 2, true } };
	static const char *const names[] = { "none", "EIO", "ENOSPC", "short write", "killed before",
					     "killed after" };

	fault_begin("powerloss");
	(void)snprintf(path, sizeof(path), "%s/" DISK_FILE, fault_dir());
	for (unsigned t = DISK_NONE; t < DISK_TROUBLES; t++) {
		const uint64_t before = disk_found();
		unsigned runs = 0;

		for (unsigned p = 0; p < sizeof(plans) / sizeof(*plans); p++) {
			unsigned at = 0;

			do {
				run(&plans[p], (enum disk_trouble)t, at++);
				runs++;
			} while (t != DISK_NONE && disk_troubled());
		}
		printf("%s: %u runs, %llu disks\n", names[t], runs,
		       (unsigned long long)(disk_found() - before));
		CHECK(disk_found() > before);
	}
	return 0;
}
