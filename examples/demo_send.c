/* SPDX-License-Identifier: MIT */
/*
 * demo_send.c - stream a file through a queue, as messages of up to 4096 bytes.
 *
 *	demo_send QUEUE FILE
 *
 * Makes the queue. Each piece of the file is read straight into the slot from
 * which demo_recv writes it; an empty message marks the end.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <nabd/nabd.h>

#include "demo.h"

static int reserve(nabd_t *q, size_t len, void **slot)
{
	struct wait w = { 0 };
	int err;

	while ((err = nabd_reserve(q, len, slot)) == NABD_FULL && wait_more(&w))
		;
	return err;
}

/* Send the file and the mark of its end; says itself what went wrong. */
static int send_file(nabd_t *q, int fd)
{
	uint64_t messages = 0, bytes = 0;
	double start = now();
	ssize_t len;
	void *slot;
	int err;

	do {
		err = reserve(q, NABD_DEFAULT_SLOT_SIZE, &slot);
		if (err != NABD_OK || interrupted) {
			fprintf(stderr, "demo_send: %s\n", interrupted ? "interrupted" :
				err == NABD_FULL ? "nobody receives" : nabd_strerror(err));
			return -1; /* an open reservation ends with the handle */
		}
		do
			len = read(fd, slot, NABD_DEFAULT_SLOT_SIZE);
		while (len < 0 && errno == EINTR && !interrupted);
		if (len < 0) {
			perror("demo_send: read");
			return -1;
		}
		err = nabd_commit(q, (size_t)len);
		if (err != NABD_OK) {
			fprintf(stderr, "demo_send: %s\n", nabd_strerror(err));
			return -1;
		}
		messages += len > 0;
		bytes += (uint64_t)len;
	} while (len > 0);

	report("demo_send", messages, bytes, now() - start);
	return 0;
}

int main(int argc, char **argv)
{
	nabd_t *q;
	int fd, err, failed;

	if (argc != 3) {
		fprintf(stderr, "usage: %s QUEUE FILE\n", argv[0]);
		return 2;
	}
	fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "demo_send: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}

	/* NABD_EXCL: not into a queue that holds what somebody else sent. */
	catch_signals();
	err = nabd_open_opts(argv[1], NABD_DEFAULT_SLOTS, NABD_DEFAULT_SLOT_SIZE,
			     NABD_CREATE | NABD_EXCL | NABD_PRODUCER, NULL, &q);
	if (err != NABD_OK) {
		fprintf(stderr, "demo_send: cannot make %s: %s\n", argv[1], nabd_strerror(err));
		return 1;
	}

	failed = send_file(q, fd);
	nabd_close(q);
	if (failed)
		nabd_unlink(argv[1]); /* we made it; demo_recv removes it when all went well */
	close(fd);
	return failed ? 1 : 0;
}
