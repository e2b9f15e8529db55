/* SPDX-License-Identifier: MIT */
/*
 * old_size.c - a caller that was compiled against a shorter, or a longer, version
 * of struct nabd_opts, struct nabd_stats or one of the structs that say how to wait is
 * understood, and the library touches nothing behind the size that the caller gave: the
 * structs end where a page without access begins.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nabd/nabd.h>

static char dir[] = "/tmp/nabd-old-size-XXXXXX";
static char path[sizeof(dir) + 8];

static void clean_up(void)
{
	unlink(path);
	rmdir(dir);
}

static void check(int line, int got, int want)
{
	if (got == want)
		return;
	fprintf(stderr, "old_size.c:%d: got %d, want %d\n", line, got, want);
	clean_up();
	exit(1);
}

#define IS(got, want) check(__LINE__, (int)(got), (int)(want))

/* size bytes that end at a page which may not be touched, filled and followed by 0xff */
static void *before_wall(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + page, page, PROT_NONE) != 0) {
		perror("mmap");
		exit(1);
	}
	p += page - (size + 7) / 8 * 8; /* aligned as a struct is */
	memset(p, 0xff, (size + 7) / 8 * 8);
	return p;
}

/* A copy of the first size bytes of a struct of so many, or of all with zeros behind. */
static void *copy_of_size(const void *from, size_t bytes, size_t size)
{
	void *copy = before_wall(size);

	memset(copy, 0, size);
	memcpy(copy, from, size < bytes ? size : bytes);
	memcpy(copy, &(uint32_t){ (uint32_t)size }, sizeof(uint32_t));
	return copy;
}

static struct nabd_opts *opts_of_size(const struct nabd_opts *opts, size_t size)
{
	return copy_of_size(opts, sizeof(*opts), size);
}

static void shorter_and_longer_opts(void)
{
	const struct nabd_opts opts = { .size = sizeof(opts), .mode = 0640 };
	const size_t longer = sizeof(opts) + 2 * sizeof(uint64_t);
	struct nabd_opts *future;
	struct stat st;
	nabd_t *q;

	/* without owner, group and dir */
	IS(nabd_open_opts("q", 4, 64, NABD_CREATE | NABD_EXCL,
			  opts_of_size(&opts, offsetof(struct nabd_opts, owner)), &q), NABD_OK);
	IS(nabd_close(q), NABD_OK);
	IS(stat(path, &st), 0);
	IS(st.st_mode & 07777, 0640);

	future = opts_of_size(&opts, longer);
	IS(nabd_open_opts("q", 0, 0, NABD_CONSUMER, future, &q), NABD_OK);
	IS(nabd_close(q), NABD_OK);

	/* a wish that this library does not know */
	((char *)future)[longer - 1] = 1;
	IS(nabd_open_opts("q", 0, 0, NABD_CONSUMER, future, &q), NABD_INVALID);
	IS(q == NULL, 1);

	/* not even its own size */
	IS(nabd_open_opts("q", 0, 0, NABD_CONSUMER, opts_of_size(&opts, sizeof(uint32_t)), &q),
	   NABD_INVALID);
}

static void shorter_and_longer_stats(void)
{
	const uint32_t shorter = offsetof(struct nabd_stats, full_count);
	struct nabd_stats *old = before_wall(shorter);
	struct {
		struct nabd_stats known;
		uint64_t future[2];
	} longer;
	struct nabd_stats tiny = { .size = sizeof(uint32_t) };
	nabd_t *q;

	IS(nabd_open_opts("q", 0, 0, NABD_PRODUCER, NULL, &q), NABD_OK);
	IS(nabd_push(q, "hello", 5), NABD_OK);

	old->size = shorter;
	IS(nabd_stats(q, old), NABD_OK);
	IS(old->size, shorter);
	IS(old->slots, 4);
	IS(old->head, 1);
	IS(old->bytes, 5);

	memset(&longer, 0xff, sizeof(longer));
	longer.known.size = sizeof(longer);
	IS(nabd_stats(q, &longer.known), NABD_OK);
	IS(longer.known.size, sizeof(struct nabd_stats));
	IS(longer.known.head, 1);

	IS(nabd_stats(q, &tiny), NABD_INVALID);
	IS(nabd_close(q), NABD_OK);
}

static nabd_t *waiting;

static int set_wait(const void *opts)
{
	return nabd_set_wait(waiting, opts);
}

static int set_backpressure(const void *opts)
{
	return nabd_set_backpressure(waiting, opts);
}

static int backoff_begin(const void *opts)
{
	nabd_backoff_t backoff;

	return nabd_backoff_begin(&backoff, opts);
}

static int push_backoff(const void *opts)
{
	return nabd_push_backoff(waiting, "", 0, opts);
}

/* A struct that has had this one size so far; what is behind it must be zero. */
static void only_longer(int (*take)(const void *opts), const void *opts, size_t bytes)
{
	const size_t longer = bytes + 2 * sizeof(uint64_t);
	char *future = copy_of_size(opts, bytes, longer);

	IS(take(copy_of_size(opts, bytes, bytes)), NABD_OK);
	IS(take(future), NABD_OK);
	future[longer - 1] = 1;
	IS(take(future), NABD_INVALID);
	IS(take(copy_of_size(opts, bytes, bytes - 4)), NABD_INVALID);
	IS(take(copy_of_size(opts, bytes, sizeof(uint32_t))), NABD_INVALID);
}

static void longer_opts_of_waits(void)
{
	const struct nabd_wait_opts wait = NABD_WAIT_POWER;
	const struct nabd_backpressure pressure = NABD_BACKPRESSURE_INIT;
	const struct nabd_backoff_opts backoff = NABD_BACKOFF_INIT;

	IS(nabd_open_opts("q", 0, 0, NABD_PRODUCER, NULL, &waiting), NABD_OK);
	only_longer(set_wait, &wait, sizeof(wait));
	only_longer(set_backpressure, &pressure, sizeof(pressure));
	only_longer(backoff_begin, &backoff, sizeof(backoff));
	only_longer(push_backoff, &backoff, sizeof(backoff));
	IS(nabd_close(waiting), NABD_OK);
}

int main(void)
{
	if (mkdtemp(dir) == NULL || setenv("NABD_DIR", dir, 1) != 0) {
		perror(dir);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/q", dir);
	shorter_and_longer_opts();
	shorter_and_longer_stats();
	longer_opts_of_waits();
	clean_up();
	return 0;
}
