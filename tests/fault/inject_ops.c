/* SPDX-License-Identifier: MIT */
/* inject_ops.c - the calls that make system calls, each in the forms that it has. */
#define _GNU_SOURCE

#include "inject.h"

#include <string.h>
#include <unistd.h>

static void run_open(struct victim *v)
{
	v->rc = fault_open(KILL_QUEUE, 0, 0, NABD_PRODUCER | NABD_CONSUMER, &v->q);
}

static void run_observe(struct victim *v)
{
	v->rc = fault_open(KILL_QUEUE, 0, 0, NABD_OBSERVE, &v->q);
}

static void run_comfort(struct victim *v)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.dir = fault_dir();
	opts.flags = NABD_PREFAULT | NABD_MLOCK | NABD_HUGE_PAGES;
	v->rc = nabd_open_opts(KILL_QUEUE, 0, 0, NABD_PRODUCER, &opts, &v->q);
}

static void run_create(struct victim *v)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.dir = fault_dir();
	opts.flags = NABD_SET_GROUP;
	opts.group = (uint32_t)getegid();
	v->rc = nabd_open_opts(KILL_QUEUE, INJECT_SLOTS, FAULT_SLOT_SIZE, NABD_CREATE | NABD_PRODUCER,
			       &opts, &v->q);
}

static void run_peek(struct victim *v)
{
	const void *data;

	v->rc = nabd_peek(v->q, &data, NULL);
}

static void run_peek_msg(struct victim *v)
{
	struct nabd_msg m;

	v->rc = nabd_peek_msg(v->q, &m);
}

static void run_peek_batch(struct victim *v)
{
	struct nabd_msg m[2];
	size_t got;

	v->rc = nabd_peek_batch(v->q, m, 2, &got);
	CHECK(v->rc == NABD_OK ? got == 2 : got == 0);
}

static void run_pop(struct victim *v)
{
	unsigned char buf[FAULT_SLOT_SIZE];
	size_t len = sizeof(buf);

	v->rc = nabd_pop(v->q, buf, &len);
}

static void run_pop_batch(struct victim *v)
{
	unsigned char buf[2 * FAULT_SLOT_SIZE];
	uint32_t lens[2];
	size_t got;

	v->rc = nabd_pop_batch(v->q, buf, sizeof(buf), lens, 2, &got);
	CHECK(v->rc == NABD_OK ? got == 2 : got == 0);
}

static void run_stats(struct victim *v)
{
	struct nabd_stats st = { .size = sizeof(st) };

	v->rc = nabd_stats(v->q, &st);
}

static void run_close(struct victim *v)
{
	v->rc = nabd_close(v->q);
	v->q = NULL;
}

/* By its shorter form, which looks for the directory in the environment. */
static void run_unlink(struct victim *v)
{
	v->rc = nabd_unlink(KILL_QUEUE);
}

static void run_unlink_opts(struct victim *v)
{
	v->rc = fault_unlink(KILL_QUEUE);
}

/* provokes: nabd_open_opts NABD_SYSTEM */
/* provokes: nabd_open_opts NABD_NOSPACE */
/* provokes: nabd_peek NABD_SYSTEM */
/* provokes: nabd_peek_msg NABD_SYSTEM */
/* provokes: nabd_peek_batch NABD_SYSTEM */
/* provokes: nabd_pop NABD_SYSTEM */
/* provokes: nabd_pop_batch NABD_SYSTEM */
/* provokes: nabd_stats NABD_SYSTEM */
/* provokes: nabd_unlink NABD_SYSTEM */
/* provokes: nabd_unlink_opts NABD_SYSTEM */
const struct kill_op inject_ops[] = {
	{ "create", 0, ON_NONE, 0, 0, 0, NULL, run_create },
	{ "open", 0, ON_LIMITS, 0, 0, 0, NULL, run_open },
	{ "observe", 0, ON_LIMITS, 0, 0, 0, NULL, run_observe },
	{ "open-prefault-mlock", 0, ON_LIMITS, 0, 0, 0, NULL, run_comfort },
	{ "peek", NABD_CONSUMER, ON_LIMITS, 0, 0, 0, NULL, run_peek },
	{ "peek-msg", NABD_CONSUMER, ON_LIMITS, 0, 0, 0, NULL, run_peek_msg },
	{ "peek-batch", NABD_CONSUMER, ON_LIMITS, 0, 0, 0, NULL, run_peek_batch },
	{ "pop", NABD_CONSUMER, ON_LIMITS, 0, 1, 0, NULL, run_pop },
	{ "pop-batch", NABD_CONSUMER, ON_LIMITS, 0, 2, 0, NULL, run_pop_batch },
	{ "stats", NABD_OBSERVE, ON_LIMITS, 0, 0, 0, NULL, run_stats },
	{ "close", NABD_PRODUCER | NABD_CONSUMER, ON_LIMITS, 0, 0, 0, NULL, run_close },
	{ "unlink", 0, ON_LIMITS, 0, 0, 0, NULL, run_unlink },
	{ "unlink-opts", 0, ON_LIMITS, 0, 0, 0, NULL, run_unlink_opts },
};

const size_t inject_op_count = sizeof(inject_ops) / sizeof(*inject_ops);

bool inject_opens(const struct kill_op *op)
{
	return !op->flags && !inject_unlinks(op);
}

bool inject_unlinks(const struct kill_op *op)
{
	return op->run == run_unlink || op->run == run_unlink_opts;
}
