/* SPDX-License-Identifier: MIT */
/*
 * nospace.c - in a directory with little room ($NABD_DIR, made by nospace.sh):
 * too large a queue is refused when it is made, leaves nothing, and what was
 * made can be filled to the last byte.
 *
 *	nospace memory	the room is 512 KiB
 *	nospace files	the room is 3 files
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nabd/nabd.h>

#define must(want, call)                                                           \
	do {                                                                       \
		int got_ = (call);                                                 \
		if (got_ != (want)) {                                              \
			fprintf(stderr, "%s:%d: %s: %s, wanted %s\n", __FILE__,    \
				__LINE__, #call, nabd_strerror(got_),              \
				nabd_strerror(want));                              \
			exit(EXIT_FAILURE);                                        \
		}                                                                  \
	} while (0)

static int open_close(const char *name, size_t slots, size_t slot_size)
{
	nabd_t *q = NULL;
	int code = nabd_open_opts(name, slots, slot_size, NABD_CREATE | NABD_PRODUCER, NULL, &q);

	must(NABD_OK, nabd_close(q));
	return code;
}

/* All of it can be written: a hole in the file would be a SIGBUS here. */
static void fill(const char *name, size_t slots, size_t slot_size)
{
	static char message[4096];
	nabd_t *q = NULL;

	must(NABD_OK, nabd_open_opts(name, 0, 0, NABD_PRODUCER | NABD_CONSUMER, NULL, &q));
	for (int lap = 0; lap < 3; lap++) {
		for (size_t i = 0; i < slots; i++)
			must(NABD_OK, nabd_push(q, message, slot_size));
		must(NABD_FULL, nabd_push(q, message, slot_size));
		for (size_t i = 0; i < slots; i++) {
			size_t len = sizeof(message);

			must(NABD_OK, nabd_pop(q, message, &len));
		}
	}
	must(NABD_OK, nabd_close(q));
}

/* Make queues until there is no room: how many? */
static int fill_up(int most)
{
	char name[16];
	int n, code = NABD_OK;

	for (n = 0; n < most; n++) {
		snprintf(name, sizeof(name), "q%d", n);
		code = open_close(name, 4, 4096);
		if (code != NABD_OK)
			break;
	}
	must(NABD_NOSPACE, code);
	must(NABD_NOTFOUND, nabd_unlink(name)); /* the one that failed left no name */
	return n;
}

/* provokes: nabd_open_opts NABD_NOSPACE */
int main(int argc, char **argv)
{
	int files = argc > 1 && strcmp(argv[1], "files") == 0;
	int n, again;

	if (!files) {
		must(NABD_NOSPACE, open_close("large", 1024, 4096));
		must(NABD_NOSPACE, open_close("large", 1u << 20, 4096));
		must(NABD_NOSPACE, open_close("large", 1, NABD_MAX_SLOT_SIZE));
		must(NABD_NOTFOUND, nabd_unlink("large"));
	}
	n = fill_up(1000);
	if (n < 1)
		must(1, n);
	for (int i = 0; i < 100; i++) /* a failure keeps nothing of what there is */
		must(NABD_NOSPACE, open_close("late", 4, 4096));
	fill("q0", 4, 4096);
	must(NABD_OK, nabd_unlink("q0"));
	must(NABD_OK, open_close("q0", 4, 4096)); /* what was given back can be had again */
	again = fill_up(1000);
	must(n, again);
	printf("%s: room for %d queues\n", argc > 1 ? argv[1] : "memory", n);
	return EXIT_SUCCESS;
}
