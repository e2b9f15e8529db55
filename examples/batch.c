/* SPDX-License-Identifier: MIT */
/*
 * batch.c - move several messages with one call, by copy and in place.
 *
 *	batch [QUEUE]
 *
 * A batch costs one look at the queue's limits for all of its messages. Each
 * message stays whole and separate: a batch may be received one by one.
 */
#include <stdint.h>
#include <stdio.h>

#include <nabd/nabd.h>

#define BATCH 8u

/* Copies: the messages lie one behind the other in one buffer. */
static int send_copies(nabd_t *q)
{
	static const char text[] = "onetwothreefourfive";
	static const uint32_t lens[] = { 3, 3, 5, 4, 4 };
	size_t sent;
	int err;

	err = nabd_push_batch(q, text, lens, 5, &sent);
	if (err == NABD_OK)
		printf("sent %zu copies\n", sent); /* fewer than 5 if the queue got full */
	return err;
}

/* In place: get several slots, write them, send as many as were written. */
static int send_in_place(nabd_t *q)
{
	uint32_t lens[BATCH];
	void *slots[BATCH];
	size_t got;
	int err;

	err = nabd_reserve_batch(q, 32, slots, BATCH, &got);
	if (err != NABD_OK)
		return err;
	for (size_t i = 0; i < got; i++)
		lens[i] = (uint32_t)snprintf(slots[i], 32, "square of %zu is %zu", i, i * i);
	printf("sent %zu in place\n", got);
	return nabd_commit_batch(q, lens, got);
}

static int receive_copies(nabd_t *q)
{
	uint32_t lens[BATCH];
	const char *next;
	char buf[64];
	size_t got;
	int err;

	err = nabd_pop_batch(q, buf, sizeof(buf), lens, 5, &got);
	if (err != NABD_OK)
		return err;
	next = buf;
	for (size_t i = 0; i < got; i++) {
		printf("copy: %.*s\n", (int)lens[i], next);
		next += lens[i];
	}
	return NABD_OK;
}

static int receive_in_place(nabd_t *q)
{
	struct nabd_msg msgs[BATCH];
	size_t got;
	int err;

	err = nabd_peek_batch(q, msgs, BATCH, &got);
	if (err != NABD_OK)
		return err;
	for (size_t i = 0; i < got; i++)
		printf("message %llu: %.*s\n", (unsigned long long)msgs[i].sequence,
		       (int)msgs[i].len, (const char *)msgs[i].data);
	return nabd_release_batch(q, got);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/batch";
	nabd_t *q = NULL;
	int err;

	err = nabd_open_opts(name, 64, 32,
			     NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER, NULL, &q);
	if (err == NABD_OK) {
		err = send_copies(q);
		if (err == NABD_OK)
			err = send_in_place(q);
		if (err == NABD_OK)
			err = receive_copies(q);
		if (err == NABD_OK)
			err = receive_in_place(q);
		nabd_close(q);
		nabd_unlink(name);
	}
	if (err != NABD_OK)
		fprintf(stderr, "%s: %s: %s\n", argv[0], name, nabd_strerror(err));
	return err == NABD_OK ? 0 : 1;
}
