/* SPDX-License-Identifier: MIT */
/*
 * raw.h - the file of the queue "q" as somebody sees it who scribbles into it:
 * a second mapping with the right to write everywhere, and no manners.
 */
#ifndef RAW_H
#define RAW_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "behaviour.h"
#include "layout.h"

static unsigned char *raw;
static size_t raw_len;
static struct nabd_shm_producer *producer;
static struct nabd_shm_consumers *consumers;

static inline void map_raw(void)
{
	int fd = open(path_of("q"), O_RDWR | O_CLOEXEC);
	struct stat st;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	raw_len = (size_t)st.st_size;
	raw = mmap(NULL, raw_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(raw, MAP_FAILED);
	close(fd);
	producer = (struct nabd_shm_producer *)(void *)raw;
	consumers = (struct nabd_shm_consumers *)(void *)(raw + producer->identity.consumer_off);
}

/* A shared word as the scribbler sees it: a plain number. */
static inline volatile uint64_t *word(void *cell)
{
	return cell;
}

static inline volatile uint64_t *stamp(uint64_t sequence)
{
	const struct nabd_shm_identity *id = &producer->identity;

	return word(raw + id->slots_off + id->align + (sequence % id->slots) * id->stride - 8);
}

static inline uint64_t stamp_value(uint64_t sequence, uint32_t len)
{
	return (sequence + 1) << 32 | len;
}

/* What no position, length or stamp can be. */
static const uint64_t garbage[] = {
	1u << 20, UINT32_MAX, 1ull << 32, 1ull << 62, 1ull << 63, UINT64_MAX, UINT64_MAX - 3,
	0x5555555555555555u, 0xaaaaaaaaaaaaaaaau,
};

#endif
