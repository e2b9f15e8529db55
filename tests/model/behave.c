/* SPDX-License-Identifier: MIT */
/*
 * What each thread did and saw in an execution, as one number. Two explorations of
 * a scene, one that leaves out what it takes for the same and one that leaves out
 * nothing, must have seen the same numbers.
 */
#include <string.h>

#include "model.h"

#define ROOM (1u << 20)

uint64_t model_behaviours, model_behaviours_new;

static uint64_t seen[ROOM], thread_hash[MODEL_THREADS];

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

/* first: of an exploration. With all that model_reduce leaves, older ones are kept. */
void model_behaviour_begin(bool first)
{
	if (first && model_reduce && model_scene->compare) {
		memset(seen, 0, sizeof(seen));
		model_behaviours = 0;
	}
	if (first)
		model_behaviours_new = 0;
	for (unsigned t = 0; t < MODEL_THREADS; t++)
		thread_hash[t] = t + 1;
}

void model_behaviour_step(const struct model_step *step, const struct model_op *op, uint64_t result)
{
	uint64_t *hash = &thread_hash[step->thread];

	*hash = mix(*hash, (uint64_t)op->kind << 8 | (step->dies ? 1 : 0));
	*hash = mix(*hash, step->dies ? 0 : step->store);
	/* Cells are numbered as they come, which may be different next time. */
	if (op->kind <= MODEL_CAS || op->kind == MODEL_SLEEP)
		*hash = mix(*hash, (uintptr_t)model_memory_address(op->cell));
	else
		*hash = mix(*hash, op->cell);
	*hash = mix(*hash, op->value);
	*hash = mix(*hash, result);
}

void model_behaviour_end(void)
{
	uint64_t hash = 1;
	size_t at;

	if (!model_scene->compare)
		return;
	for (unsigned t = 1; t < MODEL_THREADS; t++)
		hash = mix(hash, thread_hash[t]);
	hash |= 1; /* not 0 */
	for (at = hash >> 8 & (ROOM - 1); seen[at] != 0; at = (at + 1) & (ROOM - 1))
		if (seen[at] == hash)
			return;
	if (model_behaviours == ROOM / 2)
		model_fail("the model has too little room to compare");
	seen[at] = hash;
	model_behaviours++;
	model_behaviours_new++;
}
