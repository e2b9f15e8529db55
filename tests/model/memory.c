/* SPDX-License-Identifier: MIT */
/*
 * The memory. Each cell has the history of what was stored to it, in the order
 * of the stores. Each thread has a view: of each cell the oldest store that it
 * may still read, and of each thread the time of it that happens before. A store
 * carries a view; whoever reads it with acquire has that view from then on.
 * Payloads are plain memory, and two accesses of which one writes must be in order.
 */
#include <string.h>

#include "model.h"

#undef memcpy

struct view {
	uint8_t cell[MODEL_CELLS];
	uint16_t clock[MODEL_THREADS];
};

struct store {
	uint64_t value;
	struct view view;
};

struct history {
	const void *address;
	unsigned stores;
	struct store store[MODEL_STORES];
};

struct eyes {
	struct view now;     /* what may be read, what happened before */
	struct view pending; /* of relaxed loads, for an acquire fence */
	struct view fence;   /* at the last release fence, for relaxed stores */
	struct view written; /* at the last store: what a dead thread hands on for sure */
};

#define GRANULES 256 /* of 8 bytes */

static struct {
	uint16_t write, writer;
	uint16_t read[MODEL_THREADS];
} granule[GRANULES];

static struct history cells[MODEL_CELLS];
static unsigned cell_count;
static uint8_t cell_of[MODEL_WORDS]; /* and 1 more: of each word of the segment */
static struct eyes eyes[MODEL_THREADS];
static struct view order_of_fences;
static struct view lock_view[MODEL_LOCKS];
static uint8_t slept_on[MODEL_CELLS]; /* the oldest store that a sleeper may still look at */

static void join_cells(struct view *to, const struct view *from)
{
	for (unsigned i = 0; i < MODEL_CELLS; i++)
		to->cell[i] = to->cell[i] > from->cell[i] ? to->cell[i] : from->cell[i];
}

static void join(struct view *to, const struct view *from)
{
	join_cells(to, from);
	for (unsigned i = 0; i < MODEL_THREADS; i++)
		to->clock[i] = to->clock[i] > from->clock[i] ? to->clock[i] : from->clock[i];
}

void model_memory_reset(bool forget_cells)
{
	if (forget_cells) {
		cell_count = 0;
		memset(cell_of, 0, sizeof(cell_of));
	}
	for (unsigned i = 0; i < cell_count; i++) {
		cells[i].stores = 1;
		memset(&cells[i].store[0], 0, sizeof(cells[i].store[0]));
	}
	memset(eyes, 0, sizeof(eyes));
	memset(&order_of_fences, 0, sizeof(order_of_fences));
	memset(lock_view, 0, sizeof(lock_view));
	memset(slept_on, 0, sizeof(slept_on));
	memset(granule, 0, sizeof(granule));
	eyes[0].now.clock[0] = 1;
}

void model_memory_start(unsigned thread)
{
	eyes[thread].now = eyes[thread].written = eyes[0].now;
	eyes[thread].now.clock[thread] = 1;
}

void model_memory_gather(void)
{
	for (unsigned i = 1; i < MODEL_THREADS; i++)
		join(&eyes[0].now, &eyes[i].now);
	for (unsigned i = 0; i < cell_count; i++)
		eyes[0].now.cell[i] = (uint8_t)(cells[i].stores - 1);
}

unsigned model_memory_cell(const void *address)
{
	const size_t word = model_world_word(address);

	if (cell_of[word] != 0)
		return cell_of[word] - 1u;
	if (cell_count == MODEL_CELLS)
		model_fail("the model has too few cells");
	cells[cell_count].address = address;
	cells[cell_count].stores = 1;
	memset(&cells[cell_count].store[0], 0, sizeof(cells[0].store[0]));
	cell_of[word] = (uint8_t)++cell_count;
	return cell_count - 1;
}

const void *model_memory_address(unsigned cell)
{
	return cells[cell].address;
}

uint64_t model_memory_value(unsigned cell, unsigned store)
{
	return cells[cell].store[store].value;
}

/* The newest first, so that the first execution looks like one on a strong machine. */
unsigned model_memory_choices(unsigned thread, const struct model_op *op, uint8_t *stores)
{
	const struct history *h = &cells[op->cell];
	unsigned oldest = eyes[thread].now.cell[op->cell], n = 0;

	switch (op->kind) {
	case MODEL_LOAD:
	case MODEL_CAS:
		for (unsigned i = h->stores; i-- > oldest;)
			/* An exchange succeeds with the newest only, and may fail with any. */
			if (op->kind == MODEL_LOAD || i == h->stores - 1 ||
			    h->store[i].value != op->expected)
				stores[n++] = (uint8_t)i;
		return n;
	case MODEL_STORE:
	case MODEL_RMW:
		stores[0] = (uint8_t)(h->stores - 1);
		return 1;
	case MODEL_SLEEP:
		/* Who has woken others has let all see the word that he had changed before. */
		if (oldest < slept_on[op->cell])
			oldest = slept_on[op->cell];
		for (unsigned i = h->stores; i-- > oldest;)
			stores[n++] = (uint8_t)i;
		return n;
	case MODEL_SLEPT:
		stores[0] = 0;
		return model_asleep(thread) && op->value == 0 ? 0 : 1;
	case MODEL_BARRIER:
		for (unsigned t = 1; t < MODEL_THREADS; t++)
			if ((op->value >> t & 1) != 0)
				stores[n++] = (uint8_t)t;
		return n;
	case MODEL_WAIT:
		stores[0] = 0;
		return model_locks_taken(op->cell) ? 0 : 1;
	default:
		stores[0] = 0;
		return 1;
	}
}

bool model_memory_writes(const struct model_op *op, unsigned store)
{
	return op->kind == MODEL_STORE || op->kind == MODEL_RMW ||
	       (op->kind == MODEL_CAS && cells[op->cell].store[store].value == op->expected);
}

static uint64_t load(unsigned thread, unsigned cell, unsigned store, bool acquire)
{
	struct eyes *e = &eyes[thread];
	const struct store *s = &cells[cell].store[store];

	if (e->now.cell[cell] < store)
		e->now.cell[cell] = (uint8_t)store;
	join(acquire ? &e->now : &e->pending, &s->view);
	return s->value;
}

static void append(unsigned thread, unsigned cell, uint64_t value, bool release,
		   const struct store *continued)
{
	struct eyes *e = &eyes[thread];
	struct history *h = &cells[cell];
	struct store *s = &h->store[h->stores];

	if (h->stores == MODEL_STORES)
		model_fail("the model has too short a history");
	e->now.cell[cell] = (uint8_t)h->stores++;
	s->value = value;
	s->view = release ? e->now : e->fence;
	s->view.cell[cell] = e->now.cell[cell];
	if (continued != NULL)
		join(&s->view, &continued->view);
	e->written = e->now;
}

static void fence(unsigned thread, enum model_order order)
{
	struct eyes *e = &eyes[thread];

	if (order != MODEL_RELEASE)
		join(&e->now, &e->pending);
	if (order == MODEL_SEQ_CST) {
		join_cells(&e->now, &order_of_fences);
		order_of_fences = e->now;
	}
	if (order != MODEL_ACQUIRE)
		e->fence = e->now;
}

/*
 * A full fence of another thread between two of this one: it sees what this one has done,
 * and this one what it has done. All full fences are in one order.
 */
static void fence_of(unsigned thread, unsigned other)
{
	fence(thread, MODEL_SEQ_CST);
	fence(other, MODEL_SEQ_CST);
	fence(thread, MODEL_SEQ_CST);
}

static uint64_t changed(const struct model_op *op, uint64_t old)
{
	if (op->kind == MODEL_CAS)
		return op->value;
	switch (op->change) {
	case MODEL_OR:
		return old | op->value;
	case MODEL_AND:
		return old & op->value;
	case MODEL_ADD:
		break;
	}
	return old + op->value;
}

uint64_t model_memory_do(unsigned thread, const struct model_op *op, unsigned store)
{
	const bool acquire = op->order == MODEL_ACQUIRE || op->order == MODEL_BOTH;
	const bool release = op->order == MODEL_RELEASE || op->order == MODEL_BOTH;
	uint64_t old = 0;

	switch (op->kind) {
	case MODEL_LOAD:
		old = load(thread, op->cell, store, acquire);
		break;
	case MODEL_STORE:
		append(thread, op->cell, op->value, release, NULL);
		break;
	case MODEL_RMW:
	case MODEL_CAS:
		old = load(thread, op->cell, store, acquire);
		if (model_memory_writes(op, store))
			append(thread, op->cell, changed(op, old), release,
			       &cells[op->cell].store[store]);
		break;
	case MODEL_FENCE:
		fence(thread, op->order);
		break;
	case MODEL_BARRIER:
		fence_of(thread, store);
		old = store;
		break;
	case MODEL_SLEEP:
		if (eyes[thread].now.cell[op->cell] < store)
			eyes[thread].now.cell[op->cell] = (uint8_t)store;
		old = cells[op->cell].store[store].value;
		if (old == op->expected)
			(void)model_sleep_do(thread, op);
		break;
	case MODEL_WAKE:
		if (slept_on[op->cell] < eyes[thread].now.cell[op->cell])
			slept_on[op->cell] = eyes[thread].now.cell[op->cell];
		/* fall through */
	case MODEL_SLEPT:
		old = model_sleep_do(thread, op);
		break;
	default:
		old = model_locks_do(thread, op);
		break;
	}
	eyes[thread].now.clock[thread]++;
	return old;
}

/* Edge F: whoever takes a lock comes after all that its holders before did. */
void model_memory_lock_read(unsigned thread, unsigned lock)
{
	if (model_bug == NULL || model_bug->what != BUG_LOCK)
		join(&eyes[thread].now, &lock_view[lock]);
}

/*
 * A thread is killed only where it is about to store (see choose.c): so what it
 * has read since its last store may or may not have been read.
 */
void model_memory_lock_write(unsigned thread, unsigned lock, bool died)
{
	struct view left = eyes[thread].now;

	if (died)
		memcpy(left.cell, eyes[thread].written.cell, sizeof(left.cell));
	join(&lock_view[lock], &left);
}

static void access_plain(const uint8_t *at, size_t len, bool write)
{
	const struct view *now = &eyes[model_thread].now;
	const size_t from = (size_t)(at - model_slots_from);

	if (len == 0 || at < model_slots_from || at >= model_slots_to)
		return;
	for (size_t i = from / 8; i <= (from + len - 1) / 8; i++) {
		if (i >= GRANULES)
			model_fail("the model has too little plain memory");
		if (granule[i].write > now->clock[granule[i].writer])
			model_fail("data race: %s of payload word %zu, written by thread %u",
				   write ? "write" : "read", i, granule[i].writer);
		for (unsigned t = 0; write && t < MODEL_THREADS; t++)
			if (t != model_thread && granule[i].read[t] > now->clock[t])
				model_fail("data race: write of payload word %zu, read by thread %u",
					   i, t);
		if (write) {
			granule[i].write = now->clock[model_thread];
			granule[i].writer = (uint16_t)model_thread;
		} else {
			granule[i].read[model_thread] = now->clock[model_thread];
		}
	}
}

/* In words, of which each is whole, but may be an old one. */
static void copy_racy(uint8_t *to, const uint8_t *from, size_t len)
{
	uint64_t word = 0;

	if (len != sizeof(word))
		model_fail("racy copies are of one word");
	if (from >= model_slots_from && from < model_slots_to)
		word = model_load(from, MODEL_RELAXED);
	else
		memcpy(&word, from, sizeof(word));
	if (to >= model_slots_from && to < model_slots_to)
		model_store(to, word, MODEL_RELAXED);
	else
		memcpy(to, &word, sizeof(word));
}

void *model_memcpy(void *to, const void *from, size_t len)
{
	if (model_scene->racy) {
		copy_racy(to, from, len);
		return to;
	}
	access_plain(from, len, false);
	access_plain(to, len, true);
	return memcpy(to, from, len);
}
