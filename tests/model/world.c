/* SPDX-License-Identifier: MIT */
/* The segment, the names of its words, and the work that scenes have in common. */
#include <stdio.h>
#include <string.h>

#include "world.h"

#undef memcpy

#define SLOT_SIZE 8u
#define BYTES     (MODEL_WORDS * 4u)

static _Alignas(4096) uint8_t memory[BYTES];

struct nabdi_segment model_segment;
uint8_t *model_slots_from, *model_slots_to;

void model_world_reset(void)
{
	struct nabdi_geometry *g = &model_segment.geometry;

	if (g->slots != model_scene->slots &&
	    (nabdi_layout_plan(model_scene->slots, SLOT_SIZE, 8, 4096, 0, g) != NABD_OK ||
	     g->total > BYTES))
		model_fail("no such segment");
	g->overwrite = model_scene->overwrite;
	model_segment.fd = 3;
	model_segment.base = memory;
	model_slots_from = memory + g->slots_off;
	model_slots_to = model_slots_from + g->align + (size_t)g->slots * g->stride;
	memset(model_slots_from, 0, (size_t)(model_slots_to - model_slots_from));
}

size_t model_world_word(const void *cell)
{
	return (size_t)((const uint8_t *)cell - memory) / 4;
}

bool model_shared(const void *cell)
{
	return (uintptr_t)cell - (uintptr_t)memory < BYTES;
}

bool model_world_waits(const void *cell)
{
	const struct nabd_shm_waits *waits = &nabdi_segment_consumers(&model_segment)->waits;

	return (uintptr_t)cell - (uintptr_t)waits < sizeof(*waits);
}

/* Beyond the segment, which is far smaller. */
void *model_world_spare(void)
{
	return memory + BYTES - 4096;
}

void *model_world_told(void)
{
	return memory + BYTES - 64;
}

#define WORD(type, field) {#field, offsetof(struct type, field)}

static const struct word {
	const char *name;
	size_t offset;
} producer_words[] = {
	WORD(nabd_shm_producer, head), WORD(nabd_shm_producer, bytes),
	WORD(nabd_shm_producer, full_count), WORD(nabd_shm_producer, epoch),
	WORD(nabd_shm_producer, tail), WORD(nabd_shm_producer, told), {NULL, 0},
}, consumer_words[] = {
	WORD(nabd_shm_consumers, roster), WORD(nabd_shm_consumers, changes), {NULL, 0},
}, group_words[] = {
	WORD(nabd_shm_group, position), WORD(nabd_shm_group, made), WORD(nabd_shm_group, members),
	WORD(nabd_shm_group, flags), WORD(nabd_shm_group, max_deliveries),
	WORD(nabd_shm_group, max_lag), WORD(nabd_shm_group, max_stall_ms),
	WORD(nabd_shm_group, closed_head), WORD(nabd_shm_group, let_go), {NULL, 0},
}, member_words[] = {
	WORD(nabd_shm_member, begin), WORD(nabd_shm_member, end), WORD(nabd_shm_member, given),
	{"line_made", offsetof(struct nabd_shm_member, made)}, WORD(nabd_shm_member, closed),
	{"line_closed_head", offsetof(struct nabd_shm_member, closed_head)},
	WORD(nabd_shm_member, guard), {NULL, 0},
}, waits_words[] = {
	WORD(nabd_shm_waits, readers), WORD(nabd_shm_waits, senders),
	WORD(nabd_shm_waits, wanted), WORD(nabd_shm_waits, space), {NULL, 0},
};

static const char *find_word(const struct word *words, size_t offset)
{
	for (; words->name != NULL; words++)
		if (words->offset == offset)
			return words->name;
	return "?";
}

/* number: of the slot, of the group, or 100 times the group and the line. */
const char *model_world_name(const void *cell, unsigned *number)
{
	const struct nabdi_geometry *g = &model_segment.geometry;
	const size_t groups = offsetof(struct nabd_shm_consumers, group);
	const size_t members = offsetof(struct nabd_shm_consumers, member);
	const size_t waits = offsetof(struct nabd_shm_consumers, waits);
	const size_t bells = offsetof(struct nabd_shm_waits, bell);
	size_t offset = (size_t)((const uint8_t *)cell - memory);

	*number = 0;
	if (offset < g->consumer_off)
		return find_word(producer_words, offset);
	if (offset >= BYTES - 64)
		return "told of";
	if (offset >= BYTES - 4096)
		return "woken";
	if (offset >= g->slots_off) {
		*number = (unsigned)((offset - g->slots_off) / g->stride);
		return (offset - g->slots_off) % g->stride == 0 ? "stamp" : "payload";
	}
	offset -= (size_t)g->consumer_off;
	if (offset < groups)
		return find_word(consumer_words, offset);
	if (offset < members) {
		*number = (unsigned)((offset - groups) / sizeof(struct nabd_shm_group));
		return find_word(group_words, (offset - groups) % sizeof(struct nabd_shm_group));
	}
	if (offset >= waits) {
		offset -= waits;
		if (offset < bells || offset >= offsetof(struct nabd_shm_waits, space))
			return find_word(waits_words, offset);
		*number = (unsigned)((offset - bells) / sizeof(nabd_cell32));
		return "bell";
	}
	offset -= members;
	*number = (unsigned)(offset / sizeof(struct nabd_shm_member));
	*number = (*number / NABD_SHM_MEMBERS + 1) * 100 + *number % NABD_SHM_MEMBERS;
	return find_word(member_words, offset % sizeof(struct nabd_shm_member));
}

void world_log_add(struct world_log *log, uint64_t value)
{
	if (log->count == WORLD_MOST)
		model_fail("more messages than there can be");
	log->value[log->count++] = value;
}

void world_send(struct nabdi_producer *p, unsigned sender, unsigned messages, unsigned tries,
		struct world_log *log)
{
	for (unsigned i = 0; i < tries && messages > 0; i++) {
		const uint64_t value = world_message(sender, p->head);
		int rc = nabdi_producer_push(p, &value, sizeof(value));

		MODEL_CHECK(rc == NABD_OK || rc == NABD_FULL, "push answers %d", rc);
		if (rc == NABD_OK) {
			world_log_add(log, value);
			messages--;
		}
	}
}

void world_receive(struct nabdi_consumer *c, unsigned tries, struct world_log *log)
{
	for (unsigned i = 0; i < tries; i++) {
		uint64_t value = 0;
		size_t len = sizeof(value);
		int rc = nabdi_consumer_pop(c, &value, &len);

		MODEL_CHECK(rc == NABD_OK || rc == NABD_EMPTY, "pop answers %d", rc);
		if (rc != NABD_OK)
			continue;
		MODEL_CHECK(len == sizeof(value), "a message of %zu bytes", len);
		MODEL_CHECK((value & ~(UINT64_C(15) << 32)) == world_message(0, c->position - 1),
			    "message %ju reads as %#jx", (uintmax_t)c->position - 1,
			    (uintmax_t)value);
		world_log_add(log, value);
	}
}

void world_compare(const struct world_log *sent, const struct world_log *received)
{
	unsigned k = 0;

	for (unsigned i = 0; i < received->count && k < sent->count; i++)
		k += received->value[i] == sent->value[k];
	MODEL_CHECK(k == sent->count, "message %#jx is lost", (uintmax_t)sent->value[k]);
}
