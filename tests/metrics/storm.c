/* SPDX-License-Identifier: MIT */
/*
 * storm - queues are opened, used and closed, while others do nothing but remove what nobody
 * has open, and are killed now and then in the midst of it. Nobody who has a queue open may
 * lose its name, and no message that was sent may be gone before it was read.
 *
 * Ends when every user has gone round so often, and so many queues were removed: no time
 * is in this but an alarm for one that hangs.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nabd/nabd.h>

#include "atomic.h"

#define USERS	   3
#define REMOVERS   2
#define ROUNDS	   400u /* of each user */
#define REMOVED	   100u /* all together */
#define HANGS_S	   300

static struct {
	nabd_cell64 rounds[USERS];
	nabd_cell64 removed;
	nabd_cell64 over;
} *shared;

static long parent; /* in the names of the queues */

#define NEED(truth)                                                                                \
	do {                                                                                       \
		if (!(truth)) {                                                                    \
			fprintf(stderr, "storm: not true: %s (line %d)\n", #truth, __LINE__);      \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)

static const char *name_of(unsigned user)
{
	static char name[48];

	(void)snprintf(name, sizeof(name), "nabd-recover-storm-%ld-%u", parent, user);
	return name;
}

static void is_named(nabd_t *q)
{
	struct nabd_stats stats = {.size = sizeof(stats)};

	NEED(nabd_stats(q, &stats) == NABD_OK);
	NEED((stats.state & NABD_STATE_UNLINKED) == 0);
}

static nabd_t *open_one(unsigned user, unsigned flags)
{
	nabd_t *q = NULL;
	int rc = nabd_open_opts(name_of(user), 4, 64, flags, NULL, &q);

	if (rc != NABD_OK)
		fprintf(stderr, "storm: open: %s\n", nabd_strerror(rc));
	NEED(rc == NABD_OK);
	return q;
}

/* Send in one handle, receive in the next: in between nobody has it open. */
static void go_round(unsigned user, uint64_t n)
{
	nabd_t *q = open_one(user, NABD_CREATE | NABD_PRODUCER);
	uint64_t got = UINT64_MAX;
	size_t len = sizeof(got);

	is_named(q);
	NEED(nabd_push(q, &n, sizeof(n)) == NABD_OK);
	(void)sched_yield();
	is_named(q);
	NEED(nabd_close(q) == NABD_OK);
	(void)sched_yield();
	q = open_one(user, NABD_CONSUMER);
	is_named(q);
	NEED(nabd_pop(q, &got, &len) == NABD_OK && got == n);
	is_named(q);
	NEED(nabd_close(q) == NABD_OK);
	(void)sched_yield();
}

static int use(unsigned user)
{
	for (uint64_t n = 0; cell_load_relaxed(&shared->over) == 0; n++) {
		go_round(user, n);
		cell_store_relaxed(&shared->rounds[user], n + 1);
	}
	return 0;
}

static int remove_all(unsigned flags)
{
	while (cell_load_relaxed(&shared->over) == 0) {
		for (unsigned user = 0; user < USERS; user++) {
			char text[1024];
			size_t len;
			int rc = nabd_recover(name_of(user), NULL, flags, text, sizeof(text), &len);

			if (rc == NABD_OK)
				cell_fetch_add(&shared->removed, 1);
			else
				NEED(rc == NABD_BUSY || rc == NABD_STATE || rc == NABD_NOTFOUND);
			NEED(nabd_diagnose(name_of(user), NULL, NULL, 0, &len) != NABD_CORRUPT);
		}
	}
	return 0;
}

static pid_t start(int (*what)(unsigned), unsigned arg)
{
	pid_t pid = fork();

	NEED(pid >= 0);
	if (pid == 0) {
		(void)alarm(HANGS_S);
		_exit(what(arg));
	}
	return pid;
}

static int enough(void)
{
	for (unsigned user = 0; user < USERS; user++)
		if (cell_load_relaxed(&shared->rounds[user]) < ROUNDS)
			return 0;
	return cell_load_relaxed(&shared->removed) >= REMOVED;
}

static int ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && status == 0;
}

int main(void)
{
	const unsigned flags = NABD_RECOVER_DO | NABD_RECOVER_REMOVE;
	pid_t users[USERS], removers[REMOVERS];
	int failed = 0, status;

	parent = (long)getpid();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	NEED(shared != MAP_FAILED);
	(void)alarm(HANGS_S);
	for (unsigned i = 0; i < USERS; i++)
		users[i] = start(use, i);
	for (unsigned i = 0; i < REMOVERS; i++)
		removers[i] = start(remove_all, flags);
	for (unsigned round = 0; !enough() && !failed; round++) {
		(void)usleep(3000);
		for (unsigned i = 0; i < USERS; i++)
			failed |= waitpid(users[i], &status, WNOHANG) != 0;
		/* One that is killed holds nothing back. */
		failed |= waitpid(removers[0], &status, WNOHANG) != 0;
		(void)kill(removers[0], SIGKILL);
		(void)waitpid(removers[0], &status, 0);
		removers[0] = start(remove_all, flags);
	}
	cell_store_relaxed(&shared->over, 1);
	for (unsigned i = 0; i < REMOVERS; i++)
		failed |= !ended_well(removers[i]);
	for (unsigned i = 0; i < USERS && !failed; i++)
		failed |= !ended_well(users[i]);
	for (unsigned i = 0; i < USERS; i++)
		(void)nabd_unlink(name_of(i));
	printf("%llu queues removed, %s\n", (unsigned long long)cell_load_relaxed(&shared->removed),
	       failed ? "and somebody was harmed" : "nobody harmed");
	return failed;
}
