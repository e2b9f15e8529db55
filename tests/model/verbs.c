/* SPDX-License-Identifier: MIT */
/* The verbs of atomics.h. Where a bug is wanted, the order is weakened here. */
#include <string.h>

#include "model.h"

const struct model_bug *model_bug;

static bool bug_is(int what, const void *cell)
{
	unsigned number;

	return model_bug != NULL && (int)model_bug->what == what &&
	       strcmp(model_bug->cell, model_world_name(cell, &number)) == 0;
}

/*
 * Where nobody sleeps, the bells' words say so to all and at all times, and what they
 * carry along orders nothing. They are left out then: there would be a step more after
 * each message, and nothing more to see.
 */
static bool left_out(const void *cell, bool marks)
{
	if (model_scene->sleeps || !model_world_waits(cell))
		return false;
	if (marks)
		model_fail("somebody wants to sleep in a scene without sleep");
	return true;
}

uint64_t model_load(const void *cell, enum model_order order)
{
	struct model_op op = {
		.kind = MODEL_LOAD,
		.order = bug_is(BUG_LOAD, cell) ? MODEL_RELAXED : order,
	};

	if (left_out(cell, false))
		return 0;
	op.cell = model_memory_cell(cell);
	return model_do(&op);
}

void model_store(void *cell, uint64_t value, enum model_order order)
{
	struct model_op op = {
		.kind = MODEL_STORE,
		.order = bug_is(BUG_STORE, cell) ? MODEL_RELAXED : order,
		.value = value,
	};

	if (left_out(cell, true))
		return;
	op.cell = model_memory_cell(cell);
	model_do(&op);
}

static enum model_order order_of_change(const void *cell)
{
	if (bug_is(BUG_CHANGE_ACQUIRE, cell))
		return MODEL_RELEASE;
	return bug_is(BUG_CHANGE_RELEASE, cell) ? MODEL_ACQUIRE : MODEL_BOTH;
}

uint64_t model_change(void *cell, enum model_change change, uint64_t operand)
{
	struct model_op op = {
		.kind = MODEL_RMW,
		.order = order_of_change(cell),
		.change = change,
		.value = operand,
	};
	uint64_t old;

	if (left_out(cell, change == MODEL_OR))
		return 0;
	op.cell = model_memory_cell(cell);
	if (!bug_is(BUG_SPLIT, cell))
		return model_do(&op);
	old = model_load(cell, MODEL_ACQUIRE);
	model_store(cell, change == MODEL_OR ? old | operand :
			  change == MODEL_AND ? old & operand : old + operand, MODEL_RELEASE);
	return old;
}

uint64_t model_exchange_if(void *cell, uint64_t expected, uint64_t value)
{
	const struct model_op op = {
		.kind = MODEL_CAS,
		.order = order_of_change(cell),
		.cell = model_memory_cell(cell),
		.value = value,
		.expected = expected,
	};
	uint64_t old;

	if (!bug_is(BUG_SPLIT, cell))
		return model_do(&op);
	old = model_load(cell, MODEL_ACQUIRE);
	if (old == expected)
		model_store(cell, value, MODEL_RELEASE);
	return old;
}

void model_fence(enum model_order order)
{
	const struct model_op op = {.kind = MODEL_FENCE, .order = order};

	if (model_bug != NULL && model_bug->what == BUG_FENCE_ACQUIRE && order == MODEL_ACQUIRE)
		return;
	if (model_bug != NULL && model_bug->what == BUG_FENCE_RELEASE && order == MODEL_RELEASE)
		return;
	if (model_bug != NULL && model_bug->what == BUG_FENCE_FULL && order == MODEL_SEQ_CST)
		return;
	model_do(&op);
}
