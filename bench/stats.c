/* SPDX-License-Identifier: MIT */
/*
 * Medians, quantiles, and the store of the samples that were kept.
 */
#include "bench.h"

#include <stdlib.h>

int stats_double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts values. */
double stats_median(double *values, size_t n)
{
	if (!n)
		return 0;
	qsort(values, n, sizeof(*values), stats_double_cmp);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

uint32_t stats_quantile(const uint32_t *sorted, size_t n, double q)
{
	size_t i = (size_t)(q * (double)n);

	if (!n)
		return 0;
	return sorted[i < n ? i : n - 1];
}

void findings_add(struct cell *cell, const struct sample *sample)
{
	if (cell->n == cell->room) {
		uint32_t room = cell->room ? 2 * cell->room : 32;
		struct sample *bigger = realloc(cell->samples, room * sizeof(*bigger));

		if (!bigger)
			team_fail("memory", "none left");
		cell->samples = bigger;
		cell->room = room;
	}
	cell->samples[cell->n++] = *sample;
}

/* Median, least and most of one value of a cell; 0 if the cell is empty. */
int findings_sum(const struct cell *cell, uint32_t value, double out[3])
{
	double *v;
	uint32_t i;

	if (!cell->n)
		return 0;
	v = malloc(cell->n * sizeof(*v));
	if (!v)
		team_fail("memory", "none left");
	for (i = 0; i < cell->n; i++)
		v[i] = cell->samples[i].ns[value];
	out[0] = stats_median(v, cell->n);
	out[1] = v[0];
	out[2] = v[cell->n - 1];
	free(v);
	return 1;
}

enum place findings_place(const struct findings *f, double probe_ns)
{
	if (probe_ns < f->border[0])
		return PLACE_S;
	return probe_ns < f->border[1] ? PLACE_N : PLACE_F;
}

const char *findings_place_name(enum place place)
{
	static const char *const name[PLACES] = { "S", "N", "F", "one CPU" };

	return name[place];
}
