/* SPDX-License-Identifier: MIT */
/*
 * File locks, in the place of lib/os_lock.c: lib/role.c stands on these as it is.
 * A thread of the model is a process; when it ends or dies, its locks are free.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <nabd/nabd.h>

#include "model.h"
#include "os.h"
#include "segment.h"

#undef memcpy

static struct {
	uint64_t byte;
	const void *holder; /* NULL: free */
	unsigned thread;
} locks[MODEL_LOCKS];

static unsigned lock_count;
static unsigned refused[MODEL_THREADS]; /* the lock that the thread did not get last */
static uint64_t calls[MODEL_THREADS];   /* of the clock */

/* While the scene is set up: whose locks are taken. */
unsigned model_acting;

/* The numbers of the bytes stay: what choose.c has learned is told by them. */
void model_locks_reset(void)
{
	for (unsigned i = 0; i < lock_count; i++)
		locks[i].holder = NULL;
	memset(calls, 0, sizeof(calls));
	model_acting = 0;
}

static unsigned lock_of(uint64_t byte)
{
	for (unsigned i = 0; i < lock_count; i++)
		if (locks[i].byte == byte)
			return i;
	if (lock_count == MODEL_LOCKS)
		model_fail("the model has too few locks");
	locks[lock_count].byte = byte;
	locks[lock_count].holder = NULL;
	return lock_count++;
}

uint64_t model_lock_byte(unsigned lock)
{
	return locks[lock].byte;
}

bool model_locks_taken(unsigned lock)
{
	return locks[lock].holder != NULL;
}

unsigned model_locks_held(unsigned thread)
{
	unsigned held = 0;

	for (unsigned i = 0; i < lock_count; i++)
		if (locks[i].holder != NULL && locks[i].thread == thread)
			held |= 1u << i;
	return held;
}

static unsigned locks_of(const void *holder)
{
	unsigned held = 0;

	for (unsigned i = 0; i < lock_count; i++)
		if (locks[i].holder == holder)
			held |= 1u << i;
	return held;
}

/* The locks that an operation is about. */
unsigned model_locks_about(unsigned thread, const struct model_op *op)
{
	unsigned about = 0;

	switch (op->kind) {
	case MODEL_TRY:
	case MODEL_WAIT:
		return 1u << op->cell;
	case MODEL_PROBE:
		for (unsigned i = 0; i < lock_count; i++)
			if (locks[i].byte - op->value < op->expected)
				about |= 1u << i;
		return about;
	case MODEL_UNLOCK:
		return locks_of(op->holder);
	case MODEL_EXIT:
		return (model_scene->stays & 1u << thread) != 0 ? 0 : model_locks_held(thread);
	default:
		return 0;
	}
}

static void free_locks(unsigned thread, unsigned which, bool died)
{
	for (unsigned i = 0; i < lock_count; i++)
		if ((which & (1u << i)) != 0) {
			model_memory_lock_write(thread, i, died);
			locks[i].holder = NULL;
		}
}

void model_locks_die(unsigned thread, bool died)
{
	free_locks(thread, model_locks_held(thread), died);
}

uint64_t model_locks_do(unsigned thread, const struct model_op *op)
{
	switch (op->kind) {
	case MODEL_TRY:
		refused[thread] = op->cell;
		if (locks[op->cell].holder != NULL)
			return locks[op->cell].holder == op->holder;
		locks[op->cell].holder = op->holder;
		locks[op->cell].thread = thread == 0 ? model_acting : thread;
		model_memory_lock_read(thread, op->cell);
		return 1;
	case MODEL_PROBE:
		for (unsigned i = 0; i < lock_count; i++)
			if (locks[i].holder != NULL && locks[i].byte - op->value < op->expected)
				return 1;
		return 0;
	case MODEL_UNLOCK:
		free_locks(thread, locks_of(op->holder), false);
		return 0;
	case MODEL_EXIT:
		if ((model_scene->stays & 1u << thread) == 0)
			model_locks_die(thread, false);
		return 0;
	default: /* MODEL_WAIT */
		return 0;
	}
}

void model_wait_for_lock(uint64_t byte)
{
	const struct model_op op = {.kind = MODEL_WAIT, .cell = lock_of(byte)};

	model_do(&op);
}

void model_exit(void)
{
	const struct model_op op = {.kind = MODEL_EXIT};

	model_do(&op);
}

/* ------------------------------------------------ what the library asks the system */

bool nabdi_segment_own(const struct nabdi_segment *segment)
{
	(void)segment;
	return true;
}

int nabdi_os_fork_ready(void)
{
	return NABD_OK;
}

void nabdi_os_fork_hold_off(void)
{
}

void nabdi_os_fork_go_on(void)
{
}

int nabdi_os_hold_begin(int fd, bool writable, struct nabdi_os_hold *hold)
{
	(void)writable;
	hold->fd = fd;
	return NABD_OK;
}

int nabdi_os_hold_lock(const struct nabdi_os_hold *hold, uint64_t byte, bool shared)
{
	const struct model_op op = {.kind = MODEL_TRY, .cell = lock_of(byte), .holder = hold};

	return shared || model_do(&op) != 0 ? NABD_OK : NABD_BUSY;
}

int nabdi_os_hold_keep(struct nabdi_os_hold *hold)
{
	(void)hold;
	return NABD_OK;
}

void nabdi_os_hold_end(struct nabdi_os_hold *hold, bool forked)
{
	const struct model_op op = {.kind = MODEL_UNLOCK, .holder = hold};

	if (!forked && locks_of(hold) != 0)
		model_do(&op);
	*hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
}

int nabdi_os_locked(int fd, uint64_t byte, uint64_t bytes, bool *locked)
{
	const struct model_op op = {.kind = MODEL_PROBE, .value = byte, .expected = bytes};

	(void)fd;
	*locked = model_do(&op) != 0;
	return NABD_OK;
}

/* Whoever sleeps waits for the lock that was refused: it would find it taken till then. */
void nabdi_os_sleep_ms(unsigned ms)
{
	const struct model_op op = {.kind = MODEL_WAIT, .cell = refused[model_thread]};

	(void)ms;
	model_do(&op);
}

void *nabdi_os_alloc(size_t bytes, size_t align)
{
	return align <= sizeof(max_align_t) ? calloc(1, bytes) : NULL;
}

void nabdi_os_free(void *p)
{
	free(p);
}

/* Each thread's time goes on with its looks at the clock, far enough or not at all. */
uint64_t nabdi_os_coarse_ns(void)
{
	return UINT64_C(1000000000) + ++calls[model_thread] * model_scene->tick_ms * 1000000u;
}
