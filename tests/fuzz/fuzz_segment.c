/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a peer that writes whatever it likes into a live queue, between
 * the calls of others. No call may lead outside, never end, or crash.
 *
 * Input: sizes (1 byte), what happened before (1 byte), then steps, each a byte
 * and what it needs. $NABD_DIR must name a folder of our own.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "handle.h"

#define HANDLES 3u
#define STEPS   200u
#define BATCH   20u

static const uint8_t *input;
static size_t left;

static nabd_t *handles[HANDLES];
static struct nabdi_geometry geometry;
static uint8_t *raw; /* the file, as the bad peer sees it */

static unsigned take(void)
{
	if (left == 0)
		return 0;
	left--;
	return *input++;
}

static uint64_t take_word(void)
{
	uint64_t word = 0;

	for (int i = 0; i < 8; i++)
		word |= (uint64_t)take() << 8 * i;
	return word;
}

/* A message or a slot: within the slots of the handle's own mapping. */
static void within(const nabd_t *q, const void *data, size_t len)
{
	const struct nabdi_geometry *g = &q->segment.geometry;
	const uint8_t *first = q->segment.base + g->slots_off + g->lead;
	size_t offset = (size_t)((const uint8_t *)data - first);

	demand((const uint8_t *)data >= first);
	demand(offset % g->stride == 0);
	demand(offset / g->stride < g->slots);
	demand(len <= g->slot_size);
}

static uint8_t touch(const void *data, size_t len)
{
	const uint8_t *byte = data;
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + byte[i]);
	return sum;
}

static void sane_code(int rc)
{
	demand(rc == NABD_OK || rc == NABD_EMPTY || rc == NABD_FULL || rc == NABD_TOOBIG ||
	       rc == NABD_BUFFER || rc == NABD_STATE || rc == NABD_ROLE || rc == NABD_BUSY ||
	       rc == NABD_CORRUPT || rc == NABD_INVALID);
}

/* ------------------------------------------------------------- the bad peer -- */

/* The words that matter; everything else is one case in a few. */
static uint8_t *a_word(void)
{
	unsigned choice = take();
	struct nabd_shm_producer *producer = (void *)raw;
	struct nabd_shm_consumers *consumers = (void *)(raw + geometry.consumer_off);

	switch (choice % 8) {
	case 0:
		return (uint8_t *)&producer->head;
	case 1:
		return (uint8_t *)&producer->tail;
	case 2:
		return (uint8_t *)&consumers->roster;
	case 3:
		return (uint8_t *)&consumers->group[choice / 8 % 2].position;
	case 4:
		return (uint8_t *)&consumers->group[choice / 8 % NABD_SHM_GROUPS].position;
	case 5:
	case 6:
		return raw + geometry.slots_off + geometry.lead - 8 +
		       (size_t)(choice / 8 % geometry.slots) * geometry.stride;
	default:
		return raw + (take_word() % geometry.total / 8 * 8);
	}
}

static void scribble(void)
{
	uint8_t *at = a_word();
	uint64_t word, head;
	unsigned how = take();

	memcpy(&word, at, 8);
	memcpy(&head, raw + offsetof(struct nabd_shm_producer, head), 8);
	switch (how % 6) {
	case 0:
		word = take_word();
		break;
	case 1:
		word += take();
		break;
	case 2:
		word -= take();
		break;
	case 3:
		word ^= UINT64_C(1) << take() % 64;
		break;
	case 4: /* a stamp that could be */
		word = (head + take() - 8) << 32 | take();
		break;
	default:
		word = head + take() - 128;
		break;
	}
	memcpy(at, &word, 8);
}

/* ----------------------------------------------------------------- the calls -- */

static void open_or_close(nabd_t **q)
{
	static const unsigned flags[] = {
		NABD_PRODUCER | NABD_CONSUMER, NABD_PRODUCER, NABD_CONSUMER, 0, NABD_OBSERVE,
		NABD_CREATE | NABD_PRODUCER,
	};
	int rc;

	if (*q != NULL) {
		demand(nabd_close(*q) == NABD_OK);
		*q = NULL;
		return;
	}
	rc = nabd_open_opts("q", 0, 0, flags[take() % 6], NULL, q);
	demand((rc == NABD_OK) == (*q != NULL));
	/* The identity may be damaged too, but not so that it is of another file. */
	demand(rc == NABD_OK || rc == NABD_BUSY || rc == NABD_CORRUPT || rc == NABD_NOTQUEUE ||
	       rc == NABD_BYTEORDER || rc == NABD_FORMAT || rc == NABD_TRUNCATED);
	demand(*q == NULL || (*q)->segment.geometry.total == geometry.total);
}

static void send(nabd_t *q)
{
	static uint8_t data[BATCH * 64];
	void *slots[BATCH];
	uint32_t lens[BATCH];
	size_t n = take() % (BATCH + 1), len = take(), got = 0;
	int rc;

	for (unsigned i = 0; i < BATCH; i++)
		lens[i] = (uint32_t)(len + i) % 64;
	switch (take() % 6) {
	case 0:
		rc = nabd_push(q, data, len % 64);
		break;
	case 1:
		rc = nabd_push_batch(q, data, lens, n, &got);
		demand(got <= n);
		break;
	case 2:
		rc = nabd_reserve(q, len, &slots[0]);
		if (rc == NABD_OK) {
			within(q, slots[0], len);
			memset(slots[0], 1, len);
		}
		break;
	case 3:
		rc = nabd_reserve_batch(q, len, slots, n, &got);
		demand(got <= n && got <= q->segment.geometry.slots);
		for (size_t i = 0; i < got; i++) {
			within(q, slots[i], len);
			memset(slots[i], 2, len);
		}
		break;
	case 4:
		rc = nabd_commit(q, len);
		if (rc == NABD_STATE)
			rc = nabd_commit_batch(q, lens, n);
		break;
	default:
		rc = nabd_abort(q);
		break;
	}
	sane_code(rc);
}

/* It is told, or there is none, or the message is damaged by now. */
static void time_of(nabd_t *q, const struct nabd_msg *msg)
{
	uint64_t ns;
	int rc = nabd_message_time(q, msg, &ns);

	demand(rc == (q->segment.geometry.times ? NABD_OK : NABD_NOTFOUND) || rc == NABD_LAPPED);
}

static void receive(nabd_t *q)
{
	static uint8_t data[BATCH * 64];
	struct nabd_msg msgs[BATCH];
	uint32_t lens[BATCH];
	size_t n = take() % (BATCH + 1), len = 64, got = 0, sum = 0;
	const void *one;
	int rc;

	switch (take() % 6) {
	case 0:
		rc = nabd_pop(q, data, &len);
		demand(len <= 64);
		break;
	case 1:
		rc = nabd_pop_batch(q, data, sizeof(data), lens, n, &got);
		demand(got <= n && got <= q->segment.geometry.slots);
		for (size_t i = 0; i < got; i++)
			sum += lens[i];
		demand(sum <= sizeof(data));
		break;
	case 2:
		rc = nabd_peek(q, &one, &len);
		if (rc == NABD_OK) {
			within(q, one, len);
			data[0] = touch(one, len);
		}
		break;
	case 3:
		rc = nabd_peek_batch(q, msgs, n, &got);
		demand(got <= n && got <= q->segment.geometry.slots);
		for (size_t i = 0; i < got; i++) {
			within(q, msgs[i].data, msgs[i].len);
			data[0] = touch(msgs[i].data, msgs[i].len);
		}
		break;
	case 4:
		rc = nabd_peek_msg(q, &msgs[0]);
		if (rc == NABD_OK) {
			within(q, msgs[0].data, msgs[0].len);
			time_of(q, &msgs[0]);
		}
		break;
	default:
		rc = nabd_release(q);
		if (rc == NABD_STATE)
			rc = nabd_release_batch(q, n);
		break;
	}
	sane_code(rc);
}

static void look(nabd_t *q)
{
	struct nabd_latency latency = {.size = sizeof(latency)};
	struct nabd_stats stats = {.size = sizeof(stats)};

	demand(nabd_latency_get(q, NABD_LATENCY_ALL, NABD_LATENCY_ALL, &latency) ==
	       (q->segment.geometry.times ? NABD_OK : NABD_NOTFOUND));
	demand(nabd_stats(q, &stats) == NABD_OK);
	demand(stats.head - stats.tail <= stats.slots);
	demand(stats.head - stats.position <= stats.slots);
	demand(stats.slots == q->segment.geometry.slots);
	demand(nabd_fill_level(q) >= 0 && nabd_fill_level(q) <= 100);
	demand(nabd_empty(q) == 0 || nabd_empty(q) == 1);
	demand(nabd_full(q) == 0 || nabd_full(q) == 1);
}

/* ------------------------------------------------------------- one input -- */

static void begin(void)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	unsigned sizes = take(), before = take();
	size_t len;
	char data[64];
	int dir, fd, rc;

	opts.align = sizes & 64 ? 64 : 8;
	rc = nabd_open_opts("q", (size_t)1 << sizes % 4, (size_t)4 << sizes / 4 % 4,
			    NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER |
				    (sizes & 128 ? NABD_TIMESTAMPS : 0),
			    &opts, &handles[0]);
	demand(rc == NABD_OK);
	geometry = handles[0]->segment.geometry;
	for (unsigned i = 0; i < before % 16; i++) {
		(void)nabd_push(handles[0], &i, sizeof(i));
		len = sizeof(data);
		if (before & 16u << i % 4)
			(void)nabd_pop(handles[0], data, &len);
	}
	dir = open(getenv("NABD_DIR"), O_PATH | O_DIRECTORY);
	fd = openat(dir, "q", O_RDWR);
	demand(fd >= 0);
	raw = mmap(NULL, (size_t)geometry.total, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	demand(raw != MAP_FAILED);
	(void)close(fd);
	(void)close(dir);
}

static void end(void)
{
	for (unsigned i = 0; i < HANDLES; i++)
		if (handles[i] != NULL)
			open_or_close(&handles[i]);
	/* The name of a damaged one is taken away by other means. */
	if (nabd_unlink("q") != NABD_OK) {
		memcpy(raw, NABD_SHM_MAGIC, 8);
		demand(nabd_unlink("q") == NABD_OK);
	}
	demand(munmap(raw, (size_t)geometry.total) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	demand(getenv("NABD_DIR") != NULL);
	input = data;
	left = size;
	begin();
	for (unsigned i = 0; i < STEPS && left > 0; i++) {
		unsigned step = take();
		nabd_t **q = &handles[step / 8 % HANDLES];

		if (step % 8 < 3)
			scribble();
		else if (step % 8 == 3 || *q == NULL)
			open_or_close(q);
		else if (step % 8 < 6)
			step & 64 ? send(*q) : receive(*q);
		else if (step % 8 == 6)
			receive(*q);
		else
			look(*q);
	}
	end();
	return 0;
}
