/* SPDX-License-Identifier: MIT */
/*
 * simple_consumer.c - receive what simple_producer sends, one line a message.
 *
 *	simple_consumer [QUEUE]
 *
 * Ends at the empty message, and removes the queue.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <nabd/nabd.h>

/* Receive one message; while there is none, look again each millisecond. */
static int receive_message(nabd_t *q, void *buf, size_t size, size_t *len)
{
	static const struct timespec millisecond = { .tv_nsec = 1000000 };
	int err;

	for (;;) {
		*len = size; /* in: the room; out: the message's length */
		err = nabd_pop(q, buf, len);
		if (err != NABD_EMPTY)
			return err;
		nanosleep(&millisecond, NULL);
	}
}

static int receive_all(nabd_t *q)
{
	char buf[NABD_DEFAULT_SLOT_SIZE];
	size_t len;
	int err;

	while ((err = receive_message(q, buf, sizeof(buf), &len)) == NABD_OK && len > 0)
		printf("%.*s\n", (int)len, buf); /* a message is bytes: no NUL at its end */
	return err;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/simple";
	nabd_t *q;
	int err;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [QUEUE]\n", argv[0]);
		return 2;
	}

	q = nabd_open(name, 0, 0, NABD_CONSUMER);
	if (!q) {
		fprintf(stderr, "%s: cannot open %s: %s\n", argv[0], name, strerror(errno));
		return 1;
	}

	err = receive_all(q);
	nabd_close(q);
	if (err == NABD_OK)
		err = nabd_unlink(name);
	if (err != NABD_OK)
		fprintf(stderr, "%s: %s: %s\n", argv[0], name, nabd_strerror(err));
	return err == NABD_OK && fflush(stdout) == 0 ? 0 : 1;
}
