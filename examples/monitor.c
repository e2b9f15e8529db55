/* SPDX-License-Identifier: MIT */
/*
 * monitor.c - look at a queue that others use, without disturbing them.
 *
 *	monitor QUEUE [text | json | prometheus]
 *	monitor QUEUE rates [SECONDS]
 *	monitor QUEUE diagnose
 *
 * The first writes all metrics of the queue, its groups and their members. The second
 * looks twice and tells what happened in between (1 second). The third explains what is
 * right or wrong with the queue's file, whatever is in it; its status tells which.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nabd/nabd.h>

static int complain(const char *what, int err)
{
	fprintf(stderr, "monitor: %s: %s\n", what, nabd_strerror(err));
	return 1;
}

/* Numbers grow between asking how long the text is and having it: so ask again. */
static int print(nabd_t *q, unsigned format)
{
	char *text = NULL;
	size_t size = 0, len;
	int rc;

	while ((rc = nabd_metrics_format(q, format, text, size, &len)) == NABD_BUFFER) {
		free(text);
		size = len + 256;
		text = malloc(size);
		if (text == NULL)
			return complain("metrics", NABD_NOMEM);
	}
	if (rc == NABD_OK)
		fputs(text, stdout);
	free(text);
	return rc == NABD_OK ? 0 : complain("metrics", rc);
}

static int print_rates(nabd_t *q, double seconds)
{
	const struct timespec t = { .tv_sec = (time_t)seconds,
				    .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) };
	struct nabd_metrics before = { .size = sizeof(before) };
	struct nabd_metrics after = { .size = sizeof(after) };
	struct nabd_rates rates = { .size = sizeof(rates) };
	int rc = nabd_metrics_get(q, &before);

	if (rc == NABD_OK) {
		nanosleep(&t, NULL);
		rc = nabd_metrics_get(q, &after);
	}
	if (rc == NABD_OK)
		rc = nabd_metrics_rates(&before, &after, &rates);
	if (rc != NABD_OK)
		return complain("rates", rc);
	printf("%.3f s: %.0f messages and %.0f bytes a second, %.0f released\n", rates.seconds,
	       rates.messages, rates.bytes, rates.released);
	printf("full %.1f times a second; readers woken %.1f, the producer %.1f; %.1f lost\n",
	       rates.full, rates.reader_wakes, rates.producer_wakes, rates.lost);
	return 0;
}

static int diagnose(const char *name)
{
	static char text[1 << 17];
	size_t len;
	int rc = nabd_diagnose(name, NULL, text, sizeof(text), &len);

	fputs(text, stdout);
	return rc == NABD_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const char *const formats[] = { "text", "json", "prometheus" };
	const char *what = argc > 2 ? argv[2] : "text";
	nabd_t *q;
	int rc = 2;

	if (argc < 2 || argc > 4) {
		fputs("usage: monitor QUEUE [text | json | prometheus | rates [SECONDS] | diagnose]\n",
		      stderr);
		return 2;
	}
	if (strcmp(what, "diagnose") == 0)
		return diagnose(argv[1]);
	q = nabd_open(argv[1], 0, 0, NABD_OBSERVE);
	if (q == NULL) {
		perror(argv[1]);
		return 1;
	}
	if (strcmp(what, "rates") == 0)
		rc = print_rates(q, argc > 3 ? strtod(argv[3], NULL) : 1);
	for (unsigned f = 0; f < 3; f++)
		if (strcmp(what, formats[f]) == 0)
			rc = print(q, f);
	nabd_close(q);
	return rc;
}
