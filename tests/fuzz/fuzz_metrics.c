/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a live queue whose shared words are whatever the input says, and which is
 * looked at in every way there is, and diagnosed, also with a damaged header. The answers
 * make sense, the text ends where it must.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nabd/nabd.h>

#include "crc32c.h"
#include "fuzz.h"
#include "handle.h"

static const uint8_t *input;
static size_t left;
static uint8_t *raw;
static struct nabdi_geometry geometry;

static unsigned take(void)
{
	if (left == 0)
		return 0;
	left--;
	return *input++;
}

static uint64_t take64(void)
{
	static const uint64_t known[] = {0, 1, 7, 8, 9, UINT64_MAX, UINT64_C(1) << 56,
					 UINT64_C(3) << 56, UINT64_C(1) << 63};
	const unsigned kind = take();

	if (kind < 128)
		return known[kind % (sizeof(known) / sizeof(known[0]))];
	return (uint64_t)take() << (kind & 63);
}

/* Of the header: some bytes, with or without a checksum that fits. */
static void damage(struct nabd_shm_identity *id)
{
	for (unsigned n = take() % 4; n > 0; n--) {
		const size_t at = take() % sizeof(*id);

		((uint8_t *)id)[at] = (uint8_t)take();
	}
	if (take() & 1)
		id->crc = nabdi_crc32c(0, id, offsetof(struct nabd_shm_identity, crc));
}

/* The text is whole and ends; a queue that somebody has open stays, whatever it looks like. */
static void diagnose(void)
{
	const unsigned all = NABD_RECOVER_DO | NABD_RECOVER_REMOVE | NABD_RECOVER_DISCARD;
	struct nabd_shm_identity good;
	const size_t size = 1 + (take() << 6);
	char *text = malloc(size);
	size_t len;
	int rc;

	demand(text != NULL);
	memcpy(&good, raw, sizeof(good));
	damage((struct nabd_shm_identity *)(void *)raw);
	rc = nabd_diagnose("m", NULL, text, size, &len);
	demand(rc <= NABD_OK && strlen(text) == (len < size ? len : size - 1));
	rc = nabd_recover("m", NULL, take() % 2 ? all : 0, text, size, &len);
	demand(rc <= NABD_OK);
	demand(strlen(text) == (len < size ? len : size - 1));
	memcpy(raw, &good, sizeof(good));
	free(text);
}

/* A word of the producer's or the consumers' region, but not of the identity. */
static void scribble(void)
{
	/* The consumers' with one histogram, and most of the next. */
	const size_t words = sizeof(struct nabd_shm_consumers) / 8 + 700;
	const size_t at = (take() << 8 | take()) % (words + 16);
	const uint64_t value = take64();
	uint8_t *word = at < 16 ? raw + 128 + 8 * at : raw + geometry.consumer_off + 8 * (at - 16);

	memcpy(word, &value, sizeof(value));
}

/* Percentiles are in order, whatever the buckets say. */
static void look_at_latency(nabd_t *q, unsigned group)
{
	struct nabd_latency l = {.size = sizeof(l)}, since = l;
	struct nabd_latency_summary s = {.size = sizeof(s)};

	demand(nabd_latency_get(q, group, NABD_LATENCY_ALL, &l) == NABD_OK);
	demand(nabd_latency_summary(&l, &s) == NABD_OK);
	demand(s.count == l.count && s.min_ns <= s.p50_ns && s.p50_ns <= s.p90_ns);
	demand(s.p90_ns <= s.p99_ns && s.p99_ns <= s.p99_9_ns);
	demand(nabd_latency_since(&l, &l, &since) == NABD_OK && since.count == 0);
}

static void look(nabd_t *q)
{
	struct nabd_metrics metrics = {.size = sizeof(metrics)};

	demand(nabd_metrics_get(q, &metrics) == NABD_OK);
	demand(metrics.fill <= metrics.slots && metrics.high_fill <= metrics.slots);
	demand(metrics.fill_percent <= 100 && metrics.slots == 8);
	look_at_latency(q, NABD_LATENCY_ALL);
	for (unsigned g = 0; g <= NABD_MAX_GROUPS; g++) {
		struct nabd_group_metrics group = {.size = sizeof(group)};
		int rc = nabd_group_metrics_get(q, g, &group);

		demand(rc == NABD_OK || rc == NABD_NOTFOUND);
		demand(rc != NABD_OK || group.members <= NABD_MAX_MEMBERS);
		for (unsigned m = 0; g > 0 && m < NABD_MAX_MEMBERS; m++) {
			struct nabd_member_metrics member = {.size = sizeof(member)};

			rc = nabd_member_metrics_get(q, g, m, &member);
			demand(rc == NABD_OK || rc == NABD_NOTFOUND);
			demand(rc != NABD_OK || member.held <= 8);
		}
	}
}

static void format(nabd_t *q)
{
	static char *text;
	const size_t size = 1 + (take() << 9);
	size_t len;
	int rc;

	text = malloc(size); /* of its own, so that a detector sees each step beyond it */
	demand(text != NULL);
	rc = nabd_metrics_format(q, take() % 3, text, size, &len);
	demand(rc == (len < size ? NABD_OK : NABD_BUFFER));
	demand(strlen(text) == (len < size ? len : size - 1));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	nabd_t *q = nabd_open("m", 8, 16, NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER |
						  NABD_TIMESTAMPS);
	char path[4096];
	int fd;

	demand(q != NULL && getenv("NABD_DIR") != NULL);
	geometry = q->segment.geometry;
	(void)snprintf(path, sizeof(path), "%s/m", getenv("NABD_DIR"));
	fd = open(path, O_RDWR);
	demand(fd >= 0);
	raw = mmap(NULL, (size_t)geometry.total, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	demand(raw != MAP_FAILED);
	(void)close(fd);
	input = data;
	left = size;
	while (left > 0) {
		for (unsigned n = 1 + take() % 16; n > 0; n--)
			scribble();
		look(q);
		format(q);
		diagnose();
	}
	demand(munmap(raw, (size_t)geometry.total) == 0);
	(void)nabd_close(q);
	demand(nabd_unlink("m") == NABD_OK);
	return 0;
}
