/* SPDX-License-Identifier: MIT */
/*
 * Every kept sample as JSON, so that runs can be compared and pooled later.
 */
#include "bench.h"

#include <errno.h>
#include <nabd/nabd.h>
#include <stdio.h>
#include <string.h>

/* Names here are ours and hold nothing that JSON would have to escape. */
static void write_cell(FILE *out, const struct row *row, const struct cell *cell,
		       const char *place, const char *before)
{
	static const char *const part[] = { "floor", "nabd", "peer" };
	static const char *const kind[] = { "throughput", "one way", "paced" };
	uint32_t values = row->kind == KIND_RATE ? 1 : VALUES, i, k;

	fprintf(out, "%s\n    {\"part\": \"%s\", \"name\": \"%s\", \"kind\": \"%s\", ", before,
		part[row->part], row->name, kind[row->kind]);
	fprintf(out, "\"bytes\": %u, \"slots\": %u, \"groups\": %u, \"members\": %u, ",
		(unsigned)row->size, (unsigned)row->slots, (unsigned)row->groups,
		(unsigned)row->members);
	if (row->others)
		fprintf(out, "\"others\": %u, ", (unsigned)row->others);
	if (row->interval_ns)
		fprintf(out, "\"interval_ns\": %u, ", (unsigned)row->interval_ns);
	fprintf(out, "\"placement\": \"%s\", \"samples\": [", place);
	for (i = 0; i < cell->n; i++) {
		fprintf(out, "%s[", i ? ", " : "");
		for (k = 0; k < values; k++)
			fprintf(out, "%s%.2f", k ? ", " : "", cell->samples[i].ns[k]);
		fputc(']', out);
	}
	fputs("]}", out);
}

/* Returns 0, or -1 after telling why not. */
int json_write(const struct findings *f, const char *path)
{
	FILE *out = fopen(path, "w");
	const char *before = "";
	uint32_t i;
	int place;

	if (!out) {
		fprintf(stderr, "nabd-bench: %s: %s\n", path, strerror(errno));
		return -1;
	}
	fprintf(out, "{\n  \"version\": \"%s\", \"clock\": \"%s\", \"rounds\": %u,\n",
		nabd_version(), clock_name(), (unsigned)f->rounds);
	fprintf(out, "  \"cpus\": [%d, %d], \"borders_ns\": [%.1f, %.1f],\n", f->cpus[SIDE_A],
		f->cpus[SIDE_B], f->border[0], f->border[1]);
	fprintf(out, "  \"dropped\": {\"moved\": %u, \"disturbed\": %u}, \"bad\": %llu,\n",
		(unsigned)f->moved, (unsigned)f->disturbed, (unsigned long long)f->bad);
	fputs("  \"unit\": \"ns; throughput: a message; one way: p50, p99, p99.9\",\n", out);
	fputs("  \"rows\": [", out);
	for (i = 0; i < f->rows->n; i++) {
		for (place = 0; place < PLACES; place++) {
			if (!f->cell[i][place].n)
				continue;
			write_cell(out, &f->rows->row[i], &f->cell[i][place],
				   findings_place_name((enum place)place), before);
			before = ",";
		}
	}
	fputs("\n  ]\n}\n", out);
	if (ferror(out) | fclose(out)) {
		fprintf(stderr, "nabd-bench: %s: %s\n", path, strerror(errno));
		return -1;
	}
	return 0;
}
