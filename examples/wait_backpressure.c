/* SPDX-License-Identifier: MIT */
/*
 * wait_backpressure.c - a producer that is told when its reader falls behind.
 *
 *	wait_backpressure [QUEUE]
 *
 * A slow reader runs as a process of its own. The producer watches the fill of the queue
 * by callbacks and meets the full queue in the three ways that there are:
 *
 * - a sample that may be missed is tried a few times, with longer and longer delays, and
 *   then left out (nabd_push_backoff);
 * - while the queue is pressured, it sends less: a summary of several (nabd_is_pressured);
 * - what must arrive waits for a slot (nabd_push_wait).
 */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <nabd/nabd.h>

#define SLOTS    16
#define SAMPLES  400
#define MUST     20 /* messages that must arrive */
#define PATIENCE INT64_C(30000000000) /* nanoseconds to wait for a slot or message at most */

enum kind { SAMPLE, SUMMARY, IMPORTANT, LAST };

struct message {
	uint32_t kind;
	uint32_t samples; /* that it stands for */
};

/* What the callbacks have counted. */
struct told {
	unsigned high, low, full;
};

struct sent {
	unsigned samples, summaries, left_out;
};

/* ------------------------------------------------------------------ the slow reader */

/* At work when the queue is full for the first time, and slow. 0: it has got all it must. */
static int read_slowly(const char *name)
{
	static const struct timespec work = { .tv_nsec = 500000 };
	unsigned important = 0, samples = 0;
	struct message m = { SAMPLE, 0 };
	nabd_t *q = NULL;
	int err;

	err = nabd_open_opts(name, 0, 0, NABD_CONSUMER, NULL, &q);
	while (err == NABD_OK && nabd_full(q) == 0)
		nanosleep(&work, NULL);
	while (err == NABD_OK && m.kind != LAST) {
		size_t len = sizeof(m);

		err = nabd_pop_wait(q, &m, &len, PATIENCE);
		if (err != NABD_OK)
			break;
		important += m.kind == IMPORTANT;
		samples += m.kind == SAMPLE || m.kind == SUMMARY ? m.samples : 0;
		nanosleep(&work, NULL);
	}
	nabd_close(q);
	/* The last message says how many samples it must be. */
	return err == NABD_OK && important == MUST && samples == m.samples ? 0 : 1;
}

/* --------------------------------------------------------------------- the producer */

/* In these every call may be made but those that send by the same handle. */
static void on_high(nabd_t *q, void *arg)
{
	struct told *told = arg;

	(void)q;
	told->high++;
}

static void on_low(nabd_t *q, void *arg)
{
	struct told *told = arg;

	(void)q;
	told->low++;
}

static void on_full(nabd_t *q, void *arg)
{
	struct told *told = arg;

	(void)q;
	told->full++;
}

static int send_samples(nabd_t *q, struct sent *sent)
{
	/* Three tries in all: 50 and 100 us after one another, or less. */
	struct nabd_backoff_opts few = NABD_BACKOFF_INIT;
	struct message m = { SAMPLE, 1 };
	uint32_t gathered = 0;
	int err;

	few.retries = 2;
	few.base_ns = 50000;
	few.cap_ns = 100000;
	for (unsigned i = 0; i < SAMPLES; i++) {
		int pressured = nabd_is_pressured(q);

		if (pressured < 0)
			return pressured;
		if (pressured && ++gathered < 8)
			continue;
		/* Eight together while it is pressured; what is left of them when it is not. */
		m.kind = gathered != 0 ? SUMMARY : SAMPLE;
		m.samples = pressured ? gathered : gathered + 1;
		gathered = 0;
		err = nabd_push_backoff(q, &m, sizeof(m), &few);
		if (err == NABD_OK && m.kind == SUMMARY)
			sent->summaries++;
		if (err == NABD_OK)
			sent->samples += m.samples;
		else if (err == NABD_FULL)
			sent->left_out += m.samples;
		else
			return err;
	}
	sent->left_out += gathered;
	return NABD_OK;
}

/* A loop of one's own with the same delays: until the reader has caught up. */
static int await_relief(nabd_t *q)
{
	struct nabd_backoff_opts opts = NABD_BACKOFF_INIT;
	nabd_backoff_t b;
	int rc;

	opts.retries = 3000; /* up to half a minute */
	rc = nabd_backoff_begin(&b, &opts);
	if (rc != NABD_OK)
		return rc;
	while ((rc = nabd_is_pressured(q)) == 1) {
		rc = nabd_backoff_wait(&b);
		if (rc != NABD_OK)
			return rc;
	}
	return rc;
}

static int produce(nabd_t *q, struct sent *sent)
{
	struct message m = { IMPORTANT, 0 };
	int err = send_samples(q, sent);

	for (unsigned i = 0; i < MUST && err == NABD_OK; i++)
		err = nabd_push_wait(q, &m, sizeof(m), PATIENCE);
	m = (struct message){ LAST, sent->samples };
	if (err == NABD_OK)
		err = nabd_push_wait(q, &m, sizeof(m), PATIENCE);
	return err == NABD_OK ? await_relief(q) : err;
}

/* Whether each high has got its low, and all samples are accounted for. */
static int plausible(const struct told *told, const struct sent *sent)
{
	return told->high >= 1 && told->high == told->low &&
	       sent->samples + sent->left_out == SAMPLES && sent->summaries >= 1;
}

static int run(const char *name, nabd_t *q)
{
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT; /* 80 and 50 percent */
	struct told told = { 0, 0, 0 };
	struct sent sent = { 0, 0, 0 };
	int err, status = 1;
	pid_t reader;

	bp.on_high = on_high;
	bp.on_low = on_low;
	bp.on_full = on_full;
	bp.arg = &told;
	err = nabd_set_backpressure(q, &bp);
	if (err != NABD_OK)
		return err;
	reader = fork();
	if (reader < 0)
		return NABD_SYSTEM;
	if (reader == 0)
		_exit(read_slowly(name));
	err = produce(q, &sent);
	if (err != NABD_OK)
		kill(reader, SIGTERM);
	if (waitpid(reader, &status, 0) != reader || err != NABD_OK)
		return err != NABD_OK ? err : NABD_SYSTEM;
	printf("samples: %u sent, of which some in %u summaries, %u left out\n", sent.samples,
	       sent.summaries, sent.left_out);
	printf("told: high %u, low %u, full %u times\n", told.high, told.low, told.full);
	if (status != 0 || !plausible(&told, &sent)) {
		fputs("that is not right\n", stderr);
		return NABD_STATE;
	}
	printf("all %d important messages arrived\n", MUST);
	return NABD_OK;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "/wait_backpressure";
	nabd_t *q = NULL;
	int err;

	if (argc > 2) {
		fprintf(stderr, "usage: %s [QUEUE]\n", argv[0]);
		return 2;
	}
	err = nabd_open_opts(name, SLOTS, sizeof(struct message),
			     NABD_CREATE | NABD_EXCL | NABD_PRODUCER, NULL, &q);
	if (err == NABD_OK) {
		err = run(name, q);
		nabd_close(q);
		nabd_unlink(name);
	}
	if (err != NABD_OK)
		fprintf(stderr, "%s: %s: %s\n", argv[0], name, nabd_strerror(err));
	return err == NABD_OK && fflush(stdout) == 0 ? 0 : 1;
}
