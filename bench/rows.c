/* SPDX-License-Identifier: MIT */
/* The table of rows, and what a row is called. */
#include "bench.h"

#include <stdio.h>

void rows_add(struct rows *rows, struct row row)
{
	if (rows->n == sizeof(rows->row) / sizeof(*rows->row))
		team_fail("rows", "too many for the table");
	rows->row[rows->n++] = row;
}

void rows_title(const struct row *row, char out[96])
{
	static const char *const part[] = { "floor", "nabd", "peer" };
	char groups[40] = "";

	if (row->groups)
		snprintf(groups, sizeof(groups), ", %ux%u members", (unsigned)row->groups,
			 (unsigned)row->members);
	snprintf(out, 96, "%s: %s%s, %u bytes, %s%s", part[row->part], row->name, groups,
		 (unsigned)row->size, row->kind == KIND_RATE ? "throughput" : "latency",
		 row->slots > 1024 ? ", large ring" : "");
}
