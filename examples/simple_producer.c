/* SPDX-License-Identifier: MIT */
/*
 * simple_producer.c - send some lines of text through a queue.
 *
 *	simple_producer [QUEUE [COUNT]]
 *
 * Makes the queue if it is not there, sends COUNT messages (10) and then an
 * empty one, which tells simple_consumer that there are no more. What is sent
 * waits in the queue, so the consumer may come later.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nabd/nabd.h>

/* Send one message; while the queue is full, try again each millisecond. */
static int send_message(nabd_t *q, const void *data, size_t len)
{
	static const struct timespec millisecond = { .tv_nsec = 1000000 };
	int err;

	while ((err = nabd_push(q, data, len)) == NABD_FULL)
		nanosleep(&millisecond, NULL);
	return err;
}

static int send_all(nabd_t *q, long count)
{
	char text[64];
	int err = NABD_OK;

	for (long i = 0; i < count && err == NABD_OK; i++) {
		int len = snprintf(text, sizeof(text), "message %ld of %ld", i + 1, count);

		err = send_message(q, text, (size_t)len);
	}
	if (err == NABD_OK)
		err = send_message(q, NULL, 0);
	return err;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/simple";
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 10;
	nabd_t *q;
	int err;

	if (argc > 3 || count < 0) {
		fprintf(stderr, "usage: %s [QUEUE [COUNT]]\n", argv[0]);
		return 2;
	}

	/* 0, 0: the default geometry, or what the queue has if it is there. */
	q = nabd_open(name, 0, 0, NABD_CREATE | NABD_PRODUCER);
	if (!q) {
		fprintf(stderr, "%s: cannot open %s: %s\n", argv[0], name, strerror(errno));
		return 1;
	}

	err = send_all(q, count);
	if (err != NABD_OK)
		fprintf(stderr, "%s: cannot send: %s\n", argv[0], nabd_strerror(err));
	else
		printf("sent %ld messages\n", count);

	nabd_close(q);
	return err == NABD_OK ? 0 : 1;
}
