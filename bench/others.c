/* SPDX-License-Identifier: MIT */
/*
 * Processes beside the two of a row: each has the queue open to receive, so that it is
 * counted among those who are attached, looks at it ten times a second, and sleeps else.
 * They live for one sample, and end when their parent closes its pipe, or dies.
 */
#include "bench.h"

#include <nabd/nabd.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 100

_Noreturn static void look_until_told(const char *name, int ready, int told)
{
	struct nabd_stats stats = { .size = sizeof(stats) };
	struct pollfd end = { .fd = told, .events = POLLIN };
	nabd_t *q = nabd_open(name, 0, 0, NABD_CONSUMER);

	if (q == NULL || write(ready, "", 1) != 1)
		_exit(1);
	while (poll(&end, 1, LOOK_MS) == 0)
		if (nabd_stats(q, &stats) != NABD_OK)
			_exit(1);
	nabd_close(q);
	_exit(0);
}

void others_start(struct seat *seat, const char *name, uint32_t n)
{
	int ready[2], told[2];
	char byte;

	if (n == 0)
		return;
	if (pipe(ready) != 0 || pipe(told) != 0)
		team_fail("pipe", "none left");
	for (seat->others = 0; seat->others < n; seat->others++) {
		const pid_t pid = fork();

		if (pid < 0)
			team_fail("fork", "no more processes");
		if (pid == 0) {
			close(told[1]);
			look_until_told(name, ready[1], told[0]);
		}
		seat->other[seat->others] = pid;
	}
	close(ready[1]);
	close(told[0]);
	for (uint32_t i = 0; i < n; i++)
		if (read(ready[0], &byte, 1) != 1)
			team_fail("nabd_open", "a process beside could not");
	close(ready[0]);
	seat->tell = told[1];
}

void others_end(struct seat *seat)
{
	if (seat->others == 0)
		return;
	close(seat->tell);
	while (seat->others > 0)
		waitpid(seat->other[--seat->others], NULL, 0);
}
