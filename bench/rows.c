/* SPDX-License-Identifier: MIT */
/* The table of rows, and what a row is called. */
#include "bench.h"

#include <stdio.h>

#define SLOTS     1024u
#define LONG_RING 4194304u /* bytes */

const uint32_t rows_pace[PACES] = { 10000, 1000, 300, 150, 80 };

/* Slots of a ring of such messages where nothing else is said: long ones get fewer. */
uint32_t rows_slots(uint32_t size)
{
	uint32_t slots = SLOTS;

	while (slots > 8 && (uint64_t)slots * size > LONG_RING)
		slots /= 2;
	return slots;
}

void rows_add(struct rows *rows, struct row row)
{
	if (rows->n == sizeof(rows->row) / sizeof(*rows->row))
		team_fail("rows", "too many for the table");
	rows->row[rows->n++] = row;
}

void rows_title(const struct row *row, char out[128])
{
	static const char *const part[] = { "floor", "nabd", "peer" };
	static const char *const kind[] = { "throughput", "latency", "paced" };
	char groups[40] = "", slots[24] = "", pace[24] = "", others[24] = "";

	if (row->groups)
		snprintf(groups, sizeof(groups), ", %ux%u members", (unsigned)row->groups,
			 (unsigned)row->members);
	if (row->others)
		snprintf(others, sizeof(others), ", %u beside", (unsigned)row->others);
	if (row->slots && row->slots != rows_slots(row->size))
		snprintf(slots, sizeof(slots), ", %u slots", (unsigned)row->slots);
	if (row->interval_ns)
		snprintf(pace, sizeof(pace), " every %u ns", (unsigned)row->interval_ns);
	snprintf(out, 128, "%s: %s%s%s, %u bytes, %s%s%s", part[row->part], row->name, groups, others,
		 (unsigned)row->size, kind[row->kind], pace, slots);
}
