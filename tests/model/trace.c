/* SPDX-License-Identifier: MIT */
/* The last execution, for those who want to know how it came to that. */
#include <stdio.h>

#include "model.h"

static const char *const kinds[] = {"load", "store", "change", "exchange", "fence", "barrier",
				    "look and sleep", "slept", "wake",
				    "try lock", "wait for lock", "probe lock", "unlock", "end"};
static const char *const orders[] = {"relaxed", "acquire", "release", "acq_rel", "seq_cst"};

static void print_step(unsigned i)
{
	const struct model_op *op = &model_trace[i].op;
	unsigned number;
	const char *name;

	printf("  %3u  thread %u  ", i, model_trace[i].step.thread);
	if (model_trace[i].step.dies)
		printf("DIES before: ");
	printf("%s", kinds[op->kind]);
	if (op->kind <= MODEL_CAS || op->kind == MODEL_SLEEP || op->kind == MODEL_WAKE) {
		name = model_world_name(model_memory_address(op->cell), &number);
		printf(" %s[%u]", name, number);
	}
	if (op->kind <= MODEL_FENCE)
		printf(" %s", orders[op->order]);
	if (op->kind == MODEL_STORE || op->kind == MODEL_RMW || op->kind == MODEL_CAS)
		printf(" operand %#jx", (uintmax_t)op->value);
	if (op->kind == MODEL_CAS)
		printf(" expected %#jx", (uintmax_t)op->expected);
	if (op->kind == MODEL_TRY || op->kind == MODEL_WAIT)
		printf(" byte %ju", (uintmax_t)model_lock_byte(op->cell));
	if (!model_trace[i].step.dies && op->kind != MODEL_STORE && op->kind != MODEL_FENCE &&
	    op->kind != MODEL_BARRIER)
		printf(" -> %#jx (store %u)", (uintmax_t)model_trace[i].result, model_trace[i].step.store);
	printf("\n");
}

void model_print_trace(void)
{
	for (unsigned i = 0; i < model_depth; i++)
		print_step(i);
}
