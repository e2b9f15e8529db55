/* SPDX-License-Identifier: MIT */
/*
 * demo_recv.c - write what demo_send streams through a queue into a file.
 *
 *	demo_recv QUEUE OUTFILE
 *
 * Waits for the queue to appear, writes each message straight from its slot,
 * ends at the empty message and removes the queue.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <nabd/nabd.h>

#include "demo.h"

static int open_queue(const char *name, nabd_t **q)
{
	struct wait w = { 0 };
	int err;

	while ((err = nabd_open_opts(name, 0, 0, NABD_CONSUMER, NULL, q)) == NABD_NOTFOUND &&
	       wait_more(&w))
		;
	return err;
}

static int peek(nabd_t *q, const void **data, size_t *len)
{
	struct wait w = { 0 };
	int err;

	while ((err = nabd_peek(q, data, len)) == NABD_EMPTY && wait_more(&w))
		;
	return err;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && (errno != EINTR || interrupted))
			return -1;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/* Receive until the empty message; says itself what went wrong. */
static int receive_file(nabd_t *q, int fd)
{
	uint64_t messages = 0, bytes = 0;
	double start = 0;
	const void *data;
	int err = NABD_OK;
	size_t len;

	while (!interrupted && (err = peek(q, &data, &len)) == NABD_OK) {
		if (messages == 0)
			start = now();
		if (len == 0) {
			report("demo_recv", messages, bytes, now() - start);
			return nabd_release(q);
		}
		if (write_all(fd, data, len) != 0) {
			perror("demo_recv: write");
			return -1;
		}
		nabd_release(q); /* cannot fail: the message was peeked above */
		messages++;
		bytes += len;
	}
	fprintf(stderr, "demo_recv: %s\n", interrupted ? "interrupted" :
		err == NABD_EMPTY ? "the sender is silent" : nabd_strerror(err));
	return -1;
}

int main(int argc, char **argv)
{
	int fd, err, failed;
	nabd_t *q;

	if (argc != 3) {
		fprintf(stderr, "usage: %s QUEUE OUTFILE\n", argv[0]);
		return 2;
	}
	fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		fprintf(stderr, "demo_recv: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}

	catch_signals();
	err = open_queue(argv[1], &q);
	if (err != NABD_OK) {
		fprintf(stderr, "demo_recv: cannot open %s: %s\n", argv[1], nabd_strerror(err));
		return 1;
	}

	failed = receive_file(q, fd);
	nabd_close(q);
	if (!failed)
		nabd_unlink(argv[1]); /* else what is left can be received by another run */
	if (close(fd) != 0) {
		perror("demo_recv: close");
		failed = -1;
	}
	return failed ? 1 : 0;
}
