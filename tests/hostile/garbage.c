/* SPDX-License-Identifier: MIT */
/* garbage.c - what a hostile peer writes, and where: see garbage.h. */
#define _GNU_SOURCE

#include "garbage.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../fault/fault.h"
#include "layout.h"

#define GROUPS  4u /* of the words that matter: as many as the others use */
#define MEMBERS 8u

uint64_t garbage_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * UINT64_C(2685821657736338717) >> 8;
}

uint32_t garbage_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)(garbage_random(state) % n);
}

void garbage_open(struct garbage *g, const char *path, unsigned regions, uint64_t seed)
{
	struct nabd_shm_identity identity;
	struct stat st;
	bool times;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0);
	CHECK(fstat(fd, &st) == 0);
	CHECK(pread(fd, &identity, sizeof(identity), 0) == (ssize_t)sizeof(identity));
	times = (identity.features & NABD_SHM_TIMES) != 0;
	*g = (struct garbage){
		.rng = seed | 1,
		.regions = regions,
		.bytes = (size_t)st.st_size,
		.slots = identity.slots,
		.slot_size = identity.slot_size,
		.stride = identity.stride,
		.lead = times && identity.align < 16 ? 16 : identity.align,
		.times = times,
		.consumer_off = (size_t)identity.consumer_off,
		.slots_off = (size_t)identity.slots_off,
	};
	g->raw = mmap(NULL, g->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(g->raw != MAP_FAILED);
	close(fd);
}

static volatile uint64_t *word_at(const struct garbage *g, size_t offset)
{
	return (volatile uint64_t *)(void *)(g->raw + (offset & ~(size_t)7));
}

/* A word of that struct, any; structs of cells have nothing else. */
#define FIELD(g, type) ((size_t)garbage_below(&(g)->rng, (uint32_t)(sizeof(type) / 8)) * 8)

static volatile uint64_t *consumers_word(struct garbage *g)
{
	const uint32_t group = garbage_below(&g->rng, GROUPS);
	const uint32_t member = garbage_below(&g->rng, MEMBERS);
	size_t at = g->consumer_off;

	switch (garbage_below(&g->rng, 12)) {
	case 0:
		at += garbage_below(&g->rng, (uint32_t)(g->slots_off - g->consumer_off));
		break;
	case 1:
		at += offsetof(struct nabd_shm_consumers, roster);
		break;
	case 2:
		at += offsetof(struct nabd_shm_consumers, changes);
		break;
	case 3:
	case 4:
	case 5:
		at += offsetof(struct nabd_shm_consumers, group[group].position);
		break;
	case 6:
		at += offsetof(struct nabd_shm_consumers, group[group]) +
		      offsetof(struct nabd_shm_group, made) + FIELD(g, uint64_t[7]);
		break;
	case 7:
		at += offsetof(struct nabd_shm_consumers, waits) +
		      FIELD(g, struct nabd_shm_waits);
		break;
	case 8: /* whether anybody sleeps, or wants how much */
		at += garbage_below(&g->rng, 2)
			      ? offsetof(struct nabd_shm_consumers, waits.readers)
			      : offsetof(struct nabd_shm_consumers, waits.senders) +
					FIELD(g, uint64_t[2]);
		break;
	default:
		at += offsetof(struct nabd_shm_consumers, member[group][member]) +
		      FIELD(g, uint64_t[6]);
		break;
	}
	return word_at(g, at);
}

static volatile uint64_t *stamp_word(struct garbage *g)
{
	/* Or the time before it. */
	const uint32_t before = g->times && garbage_below(&g->rng, 4) == 0 ? 16 : 8;

	return word_at(g, g->slots_off + g->lead - before +
				  (size_t)garbage_below(&g->rng, g->slots) * g->stride);
}

static volatile uint64_t *producer_word(struct garbage *g)
{
	const size_t private = sizeof(struct nabd_shm_identity);

	switch (garbage_below(&g->rng, 8)) {
	case 0:
		return word_at(g, private + garbage_below(&g->rng, (uint32_t)(g->consumer_off -
									      private)));
	case 1:
		return word_at(g, g->slots_off + garbage_below(&g->rng, (uint32_t)(g->bytes -
										   g->slots_off)));
	case 2:
		return word_at(g, offsetof(struct nabd_shm_producer, head));
	case 3:
		return word_at(g, offsetof(struct nabd_shm_producer, tail));
	case 4:
		return word_at(g, offsetof(struct nabd_shm_producer, told));
	default:
		return stamp_word(g);
	}
}

static volatile uint64_t *any_word(struct garbage *g)
{
	if (g->regions == GARBAGE_CONSUMERS)
		return consumers_word(g);
	if (g->regions == GARBAGE_PRODUCER)
		return producer_word(g);
	return garbage_below(&g->rng, 2) ? consumers_word(g) : producer_word(g);
}

/* What could stand there, but does not; with the rest of the word as it is. */
static uint64_t plausible(struct garbage *g, uint64_t old)
{
	const uint64_t head = *word_at(g, offsetof(struct nabd_shm_producer, head));
	const uint64_t tag = old & ~NABD_SHM_SEQUENCE;

	switch (garbage_below(&g->rng, 12)) {
	case 0:
		return old + 1;
	case 1:
		return old - 1;
	case 2:
		return old + g->slots;
	case 3:
		return old - g->slots;
	case 4: /* a position, or a member's begin or end */
		return tag | ((head + garbage_below(&g->rng, 2 * g->slots) - g->slots) &
			      NABD_SHM_SEQUENCE);
	case 5:
		return head + garbage_below(&g->rng, 5) - 2;
	case 6: /* another state of a group, or another making */
		return old ^ (1 + (uint64_t)garbage_below(&g->rng, 255)) << 56;
	case 7: /* a stamp */
		return (head + garbage_below(&g->rng, 2 * g->slots) - g->slots + 1) << 32 |
		       garbage_below(&g->rng, g->slot_size + 2);
	case 8: /* the same stamp with another length */
		return (old & ~(uint64_t)UINT32_MAX) | garbage_below(&g->rng, g->slot_size + 2);
	case 9:
		return old | UINT32_MAX;
	case 10:
		return (old & ~(uint64_t)UINT32_MAX) | (uint32_t)garbage_random(&g->rng);
	default:
		return garbage_below(&g->rng, 20);
	}
}

static uint64_t value(struct garbage *g, uint64_t old)
{
	switch (garbage_below(&g->rng, 10)) {
	case 0:
		return garbage_random(&g->rng) << 8 ^ garbage_random(&g->rng);
	case 1:
	case 2:
		return old ^ UINT64_C(1) << garbage_below(&g->rng, 64);
	case 3:
		return garbage_below(&g->rng, 2) ? UINT64_MAX : 0;
	default:
		return plausible(g, old);
	}
}

void garbage_focus(struct garbage *g)
{
	g->focus = garbage_below(&g->rng, 3) != 0 ? any_word(g) : NULL;
	g->spoil = garbage_below(&g->rng, 4) == 0;
}

void garbage_mend(struct garbage *g)
{
	const size_t private = sizeof(struct nabd_shm_identity);

	if ((g->regions & GARBAGE_CONSUMERS) != 0)
		memset(g->raw + g->consumer_off, 0, g->slots_off - g->consumer_off);
	if ((g->regions & GARBAGE_PRODUCER) != 0) {
		memset(g->raw + private, 0, g->consumer_off - private);
		memset(g->raw + g->slots_off, 0, g->bytes - g->slots_off);
	}
}

void garbage_write(struct garbage *g)
{
	volatile uint64_t *at = g->focus, *other;
	uint64_t old;

	if (at != NULL && g->spoil) {
		*at += 1;
		return;
	}
	if (at == NULL || garbage_below(&g->rng, 4) == 0)
		at = any_word(g);
	old = *at;
	switch (garbage_below(&g->rng, 16)) {
	case 0: /* not even a whole word */
		((volatile uint8_t *)at)[garbage_below(&g->rng, 8)] =
			(uint8_t)garbage_random(&g->rng);
		break;
	case 1:
		other = any_word(g);
		*at = *other;
		*other = old;
		break;
	default:
		*at = value(g, old);
		break;
	}
}
