/* SPDX-License-Identifier: MIT */
/*
 * Sleeping on a word and waking, in the place of lib/os_wait.c. As futex(2) has it, the
 * look at the word and going to sleep are one step to those who wake; who has slept
 * longest is woken first. Nothing else is ordered by it. A sleep that is meant to be
 * short ends by itself, whenever that is; all others only by being woken.
 */
#include <string.h>

#include <nabd/nabd.h>

#include "model.h"
#include "os.h"
#include "world.h"

#undef memcpy

#define SHORT_NS UINT64_C(1000000000)

static struct {
	unsigned thread, cell;
} queue[MODEL_THREADS]; /* in the order in which they went to sleep */

static unsigned queued;
static uint64_t slept_ns[MODEL_THREADS]; /* time goes on with sleeps that end by themselves */

void model_sleep_reset(void)
{
	queued = 0;
	memset(slept_ns, 0, sizeof(slept_ns));
}

bool model_asleep(unsigned thread)
{
	for (unsigned i = 0; i < queued; i++)
		if (queue[i].thread == thread)
			return true;
	return false;
}

static void take_out(unsigned at)
{
	queued--;
	for (unsigned i = at; i < queued; i++)
		queue[i] = queue[i + 1];
}

void model_sleep_die(unsigned thread)
{
	for (unsigned i = 0; i < queued; i++)
		if (queue[i].thread == thread)
			take_out(i);
}

static unsigned wake(unsigned cell, uint64_t most)
{
	unsigned woken = 0;

	for (unsigned i = 0; i < queued && woken < most;) {
		if (queue[i].cell != cell) {
			i++;
			continue;
		}
		take_out(i);
		woken++;
	}
	return woken;
}

uint64_t model_sleep_do(unsigned thread, const struct model_op *op)
{
	bool slept;

	switch (op->kind) {
	case MODEL_SLEEP:
		queue[queued].thread = thread;
		queue[queued++].cell = op->cell;
		return 1;
	case MODEL_WAKE:
		return wake(op->cell, op->value);
	default: /* MODEL_SLEPT: whether it was not woken */
		slept = model_asleep(thread);
		model_sleep_die(thread);
		return slept;
	}
}

/* ------------------------------------------------ what the library asks the system */

/* One thread after the other has its fence, in any order; others go on in between. */
static void fence_all(void)
{
	struct model_op op = {.kind = MODEL_BARRIER};

	for (unsigned t = 1; t < MODEL_THREADS; t++)
		if (t != model_thread && model_scene->body[t - 1] != NULL)
			op.value |= 1u << t;
	while (op.value != 0)
		op.value &= ~(UINT64_C(1) << model_do(&op));
}

int nabdi_os_barrier(void)
{
	if (model_bug != NULL && model_bug->what == BUG_BARRIER)
		return NABD_OK;
	if (model_scene->no_barrier)
		return NABD_SYSTEM;
	fence_all();
	return NABD_OK;
}

void nabdi_os_sleep_on(const nabd_cell32 *word, uint32_t value, uint64_t ns)
{
	struct model_op op = {
		.kind = MODEL_SLEEP,
		.cell = model_memory_cell(word),
		.expected = value,
	};

	if (model_do(&op) != value)
		return;
	op.kind = MODEL_SLEPT;
	op.value = ns < SHORT_NS && !model_scene->only_woken;
	if (model_do(&op) == 0)
		return;
	fence_all(); /* it lasts longer than any store is on its way */
	slept_ns[model_thread] += ns;
}

uint32_t nabdi_os_wake(const nabd_cell32 *word, uint32_t n)
{
	struct model_op op = {.kind = MODEL_WAKE, .value = n};

	if (!model_scene->sleeps)
		return 0; /* nobody does */
	op.cell = model_memory_cell(word);
	return (uint32_t)model_do(&op);
}

uint64_t nabdi_os_steady_ns(void)
{
	return UINT64_C(1000000000) + slept_ns[model_thread];
}

/* No scene spins, watches a file or is told that it has no name. */
bool nabdi_os_one_cpu(void)
{
	return true;
}

void nabdi_os_yield(void)
{
	model_fail("nobody yields here");
}

int nabdi_os_look(int fd, struct nabdi_os_file *file)
{
	(void)fd;
	(void)file;
	return NABD_SYSTEM;
}

/* -------------------------------------------------------------------- descriptors */

/*
 * What the file is told of is a word that changes. A descriptor is armed by remembering
 * what it is, and readable when it is not that any more; polling it is sleeping on it.
 */
static nabd_cell32 *told_of(enum nabdi_os_news news)
{
	return (nabd_cell32 *)model_world_told() + news;
}

static uint32_t armed[MODEL_THREADS];

void nabdi_os_tell(int fd, enum nabdi_os_news news)
{
	(void)fd;
	cell32_fetch_add(told_of(news), 1);
	(void)nabdi_os_wake(told_of(news), UINT32_MAX);
}

int nabdi_os_watch_begin(int fd, enum nabdi_os_news news, struct nabdi_os_watch *watch)
{
	(void)fd;
	*watch = (struct nabdi_os_watch){.fd = 4, .notify = (int)news, .timer = -1};
	return NABD_OK;
}

int nabdi_os_watch_arm(const struct nabdi_os_watch *watch, uint64_t ns)
{
	(void)ns;
	armed[model_thread] = cell32_fetch_add(told_of((enum nabdi_os_news)watch->notify), 0);
	return NABD_OK;
}

void nabdi_os_watch_end(struct nabdi_os_watch *watch)
{
	*watch = (struct nabdi_os_watch)NABDI_OS_WATCH_NONE;
}

void model_poll(const struct nabdi_os_watch *watch)
{
	nabdi_os_sleep_on(told_of((enum nabdi_os_news)watch->notify), armed[model_thread],
			  UINT64_MAX);
}
