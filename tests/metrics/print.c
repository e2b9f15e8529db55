/* SPDX-License-Identifier: MIT */
/*
 * print - make queues of several kinds, with traffic, groups, members and deaths, and write
 * the metrics of each, in each format, to files of the folder that is given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nabd/nabd.h>

static const char *const suffix[] = {"txt", "json", "prom"};

#define NEED(truth)                                                                                \
	do {                                                                                       \
		if (!(truth)) {                                                                    \
			fprintf(stderr, "print: not true: %s\n", #truth);                          \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static void print(nabd_t *q, const char *folder, const char *name)
{
	static char text[1 << 18];

	for (unsigned f = 0; f < 3; f++) {
		char path[4200];
		size_t len;
		FILE *file;

		NEED(nabd_metrics_format(q, f, text, sizeof(text), &len) == NABD_OK);
		(void)snprintf(path, sizeof(path), "%s/%s.%s", folder, name, suffix[f]);
		file = fopen(path, "w");
		NEED(file != NULL && fwrite(text, 1, len, file) == len && fclose(file) == 0);
	}
}

static void push(nabd_t *q, int n)
{
	for (int i = 0; i < n; i++)
		(void)nabd_push(q, &i, sizeof(i));
}

/* A process that dies with a message in its hands. */
static void die_holding(const char *name)
{
	pid_t pid = fork();
	int status;

	NEED(pid >= 0);
	if (pid == 0) {
		nabd_t *q = nabd_open(name, 0, 0, NABD_CONSUMER);
		nabd_consumer_t *c = nabd_consumer_join(q, 4);
		struct nabd_msg msg;

		_exit(c != NULL && nabd_consumer_peek_msg(c, &msg) == NABD_OK ? 0 : 1);
	}
	NEED(waitpid(pid, &status, 0) == pid && status == 0);
}

/* Five messages to the default group, and two of them to another. */
static void take_each(nabd_t *q)
{
	nabd_consumer_t *c = nabd_consumer_join(q, 3);
	int number;
	size_t len;

	NEED(c != NULL && nabd_pop(q, NULL, &(size_t){0}) == NABD_EMPTY);
	push(q, 5);
	for (int i = 0; i < 7; i++) {
		len = sizeof(number);
		NEED((i < 5 ? nabd_pop(q, &number, &len) : nabd_consumer_pop(c, &number, &len)) ==
		     NABD_OK);
	}
	NEED(nabd_consumer_close(c) == NABD_OK);
}

int main(int argc, char **argv)
{
	nabd_consumer_t *members[2 * NABD_MAX_GROUPS];
	nabd_t *q;

	NEED(argc == 2);
	q = nabd_open("bare", 4, 8, NABD_CREATE);
	NEED(q != NULL);
	print(q, argv[1], "bare");
	nabd_close(q);
	q = nabd_open("over.write-1", 4, 8, NABD_CREATE | NABD_OVERWRITE | NABD_PRODUCER);
	NEED(q != NULL);
	push(q, 20);
	print(q, argv[1], "over");
	nabd_close(q);
	q = nabd_open("timed", 8, 8, NABD_CREATE | NABD_TIMESTAMPS | NABD_PRODUCER | NABD_CONSUMER);
	NEED(q != NULL);
	take_each(q);
	print(q, argv[1], "timed");
	nabd_close(q);
	q = nabd_open("busy_Q", 16, 8, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	NEED(q != NULL);
	push(q, 40);
	die_holding("busy_Q");
	for (unsigned i = 0; i < 2 * NABD_MAX_GROUPS; i++) {
		members[i] = nabd_consumer_join(q, 1 + i / 2);
		NEED(members[i] != NULL);
	}
	NEED(nabd_group_drop(q, 9) == NABD_OK);
	print(q, argv[1], "busy");
	for (unsigned i = 0; i < 2 * NABD_MAX_GROUPS; i++)
		NEED(nabd_consumer_close(members[i]) == NABD_OK);
	NEED(nabd_close(q) == NABD_OK);
	return 0; /* the script removes what is left */
}
