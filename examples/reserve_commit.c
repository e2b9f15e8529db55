/* SPDX-License-Identifier: MIT */
/*
 * reserve_commit.c - write and read messages in place, without any copy.
 *
 *	reserve_commit [QUEUE]
 *
 * One handle plays both sides here, so that the program can be run alone; the
 * calls are the same between two processes.
 */
#include <stdint.h>
#include <stdio.h>

#include <nabd/nabd.h>

struct reading {
	uint32_t sensor;
	uint32_t count;
	double values[]; /* a message may be shorter than its slot */
};

#define MOST 64u

/* Fill one reading where it will be read: in the slot itself. */
static int send_reading(nabd_t *q, uint32_t sensor, uint32_t count)
{
	struct reading *r;
	void *slot;
	int err;

	/* Ask for the most that may be needed; commit tells what was. */
	err = nabd_reserve(q, sizeof(*r) + MOST * sizeof(r->values[0]), &slot);
	if (err != NABD_OK)
		return err;
	if (count == 0 || count > MOST)
		return nabd_abort(q); /* nothing to say: give the slot back unsent */

	r = slot;
	r->sensor = sensor;
	r->count = count;
	for (uint32_t i = 0; i < count; i++)
		r->values[i] = sensor + i / 100.0;
	return nabd_commit(q, sizeof(*r) + count * sizeof(r->values[0]));
}

/* Add up one reading where it lies, then give its slot back. */
static int receive_reading(nabd_t *q)
{
	const struct reading *r;
	const void *data;
	double sum = 0;
	uint32_t count;
	size_t len;
	int err;

	err = nabd_peek(q, &data, &len);
	if (err != NABD_OK)
		return err;

	/* A receiver believes no count that does not fit the message's length. */
	r = data;
	count = len >= sizeof(*r) ? r->count : 0;
	if (count > 0 && count <= (len - sizeof(*r)) / sizeof(r->values[0])) {
		for (uint32_t i = 0; i < count; i++)
			sum += r->values[i];
		printf("sensor %u: %u values, sum %.2f\n", r->sensor, count, sum);
	}
	return nabd_release(q); /* r and data point at nothing from here on */
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/reserve_commit";
	nabd_t *q;
	int err;

	err = nabd_open_opts(name, 16, sizeof(struct reading) + MOST * sizeof(double),
			     NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER, NULL, &q);
	if (err != NABD_OK) {
		fprintf(stderr, "%s: cannot open %s: %s\n", argv[0], name, nabd_strerror(err));
		return 1;
	}

	for (uint32_t i = 0; i < 5 && err == NABD_OK; i++)
		err = send_reading(q, i, i * 10); /* the first has no values and is aborted */
	while (err == NABD_OK)
		err = receive_reading(q);
	if (err == NABD_EMPTY)
		err = NABD_OK; /* that is how the loop ends */
	else
		fprintf(stderr, "%s: %s\n", argv[0], nabd_strerror(err));

	nabd_close(q);
	nabd_unlink(name);
	return err == NABD_OK ? 0 : 1;
}
