/* SPDX-License-Identifier: MIT */
/*
 * One execution after the other. Threads are coroutines; before each access to
 * shared memory a thread says what it is about to do, and whoever runs decides
 * who goes on. Nothing is saved but the decisions: the next execution repeats
 * them up to the last that can be made otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#include "model.h"

#undef memcpy

#define STACK   65536
#define SAMPLES 2000 /* ten times as many of a large scene */

enum state { UNUSED, RUNS, DEAD, ENDED };

static struct {
	enum state state;
	struct model_op pending;
	uint64_t result;
	jmp_buf context;
	uint8_t stack[STACK] __attribute__((aligned(16)));
} threads[MODEL_THREADS];

struct model_done model_trace[MODEL_STEPS];

const struct model_scene *model_scene;
unsigned model_thread;
uint64_t model_executions, model_cut, model_steps;
const char *model_failure;

static struct model_moment moments[MODEL_STEPS];
static unsigned known, stretch;
unsigned model_depth;
static bool alone, starting, sampling;
static jmp_buf home, home_alone;
static char failure[300];
static uint64_t outcomes; /* that were seen */

bool model_alive(unsigned thread)
{
	return threads[thread].state == RUNS;
}

const struct model_op *model_pending(unsigned thread)
{
	return &threads[thread].pending;
}

void model_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(failure, sizeof(failure), format, arguments);
	va_end(arguments);
	model_failure = failure;
	if (model_thread == 0)
		_longjmp(home_alone, 1);
	_longjmp(home, 1);
}

/* Without the system calls of swapcontext(). */
static __attribute__((noinline)) void switch_to(jmp_buf *from, jmp_buf *to)
{
	if (_setjmp(*from) == 0)
		_longjmp(*to, 1);
}

static void perform(const struct model_step *step)
{
	const unsigned t = step->thread;
	const struct model_op *op = &threads[t].pending;

	model_trace[model_depth].step = *step;
	model_trace[model_depth].op = *op;
	model_steps++;
	if (step->dies) {
		if (model_scene->compare)
			model_behaviour_step(step, op, 0);
		model_locks_die(t, true);
		model_sleep_die(t);
		threads[t].state = DEAD;
		return;
	}
	model_choose_note(t, op);
	threads[t].result = model_trace[model_depth].result = model_memory_do(t, op, step->store);
	if (model_scene->compare)
		model_behaviour_step(step, op, threads[t].result);
	if (op->kind == MODEL_EXIT)
		threads[t].state = ENDED;
}

static unsigned draw(void)
{
	static uint64_t state = 1;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33);
}

/*
 * A thread goes on for a while before another does, mostly reads what is newest, and
 * seldom dies: so that each of them comes as far as to where something may go wrong.
 */
static void draw_step(struct model_moment *moment)
{
	const unsigned turn = draw() % stretch == 0 ? draw() % moment->steps : 0;
	const unsigned thread = moment->step[turn].thread;
	unsigned first = 0, end, i;

	while (moment->step[first].thread != thread)
		first++;
	for (end = first; end < moment->steps && moment->step[end].thread == thread;)
		end++;
	i = draw() % 2 == 0 ? first : first + draw() % (end - first);
	if (moment->step[i].dies && draw() % 4 != 0)
		i = first;
	moment->step[0] = moment->step[i];
	moment->steps = 1;
}

/* Do the next step. Which thread goes on with it; none when the execution is over. */
static unsigned advance(void)
{
	for (;;) {
		struct model_moment *moment = &moments[model_depth];
		const struct model_step *step;

		if (model_depth >= MODEL_STEPS - 1)
			model_fail("no end after %u steps", model_depth);
		if (model_depth == known) {
			model_choose(moment, model_depth > 0 ? model_trace[model_depth - 1].step.thread : 1);
			known++;
			if (sampling && moment->steps > 1)
				draw_step(moment);
		}
		if (moment->steps == 0)
			return 0;
		step = &moment->step[moment->at];
		if (model_depth + 1 == known)
			model_choose_next(moment, moment + 1);
		perform(step);
		model_depth++;
		if (threads[step->thread].state == RUNS)
			return step->thread;
	}
}

static void go_on(unsigned from)
{
	const unsigned to = advance();

	if (to == from)
		return;
	model_thread = to;
	switch_to(from == 0 ? &home : &threads[from].context,
		  to == 0 ? &home : &threads[to].context);
}

uint64_t model_do(const struct model_op *op)
{
	const unsigned self = model_thread;
	uint8_t stores[MODEL_STORES];

	if (alone) {
		if (op->kind == MODEL_EXIT || model_memory_choices(0, op, stores) == 0)
			model_fail("the scene waits for ever");
		return model_memory_do(0, op, stores[0]);
	}
	threads[self].pending = *op;
	if (starting)
		switch_to(&threads[self].context, &home);
	else
		go_on(self);
	return threads[self].result;
}

static void body(void)
{
	model_scene->body[model_thread - 1]();
	model_exit();
}

/* Up to its first access. */
static __attribute__((noinline)) void start_one(unsigned t)
{
	ucontext_t context;

	model_memory_start(t);
	getcontext(&context);
	context.uc_stack.ss_sp = threads[t].stack;
	context.uc_stack.ss_size = STACK;
	context.uc_link = NULL;
	makecontext(&context, body, 0);
	threads[t].state = RUNS;
	model_thread = t;
	if (_setjmp(home) == 0)
		setcontext(&context);
	model_thread = 0;
}

static void start(void)
{
	starting = true;
	for (unsigned t = 1; t < MODEL_THREADS && model_failure == NULL; t++) {
		threads[t].state = UNUSED;
		if (model_scene->body[t - 1] != NULL)
			start_one(t);
	}
	starting = false;
}

/* Apart from execute(), as a longjmp() may forget what is in registers there. */
static __attribute__((noinline)) bool execute_once(void)
{
	model_depth = 0;
	model_thread = 0;
	model_memory_reset(false);
	model_locks_reset();
	model_sleep_reset();
	model_all_sleep = false;
	model_choose_begin();
	model_world_reset();
	model_behaviour_begin(false);
	alone = true;
	model_scene->set_up();
	alone = false;
	start();
	if (model_failure != NULL)
		return false;
	go_on(0);
	if (model_failure != NULL)
		return false;
	for (unsigned t = 1; t < MODEL_THREADS; t++)
		if (model_alive(t) && !model_all_sleep)
			return false; /* nothing new: all that is left was tried before */
	model_thread = 0;
	model_memory_gather();
	alone = true;
	model_scene->check();
	model_behaviour_end();
	return true;
}

/* False if it came to nothing new, or to a failure. */
static bool execute(void)
{
	return _setjmp(home_alone) == 0 && execute_once();
}

void model_outcome(unsigned number)
{
	if ((model_scene->outcomes >> number & 1) == 0)
		model_fail("outcome %u must not be", number);
	outcomes |= UINT64_C(1) << number;
}

/* So many executions, drawn: to learn from, so that the exploration begins again less often. */
static void sample(unsigned executions)
{
	const bool reduce = model_reduce;

	model_reduce = false;
	sampling = true;
	model_behaviour_begin(false);
	while (executions-- > 0 && model_failure == NULL) {
		known = 0;
		moments[0].asleeps = 0;
		stretch = 2u << draw() % 5;
		if (execute())
			model_executions++;
	}
	sampling = false;
	model_reduce = reduce;
}

static bool next_execution(void)
{
	while (known > 0) {
		struct model_moment *moment = &moments[known - 1];

		if (++moment->at < moment->steps)
			return true;
		known--;
	}
	return false;
}

/* All executions of the scene, at most so many; false if they were more. */
bool model_explore(const struct model_scene *scene, uint64_t most)
{
	model_scene = scene;
	model_memory_reset(true);
	model_choose_forget();
	model_failure = NULL;
	model_executions = model_cut = model_steps = 0;
	sample(scene->samples != 0 ? scene->samples : scene->large ? 10 * SAMPLES : SAMPLES);
	if (model_failure != NULL || scene->samples != 0)
		return true;
	do {
		model_executions = model_cut = model_steps = 0;
		model_learned = false;
		model_failure = NULL;
		known = 0;
		moments[0].asleeps = 0;
		outcomes = 0;
		model_behaviour_begin(true);
		do {
			if (execute())
				model_executions++;
			else
				model_cut++;
			if (model_failure != NULL)
				return true;
			if (model_executions + model_cut >= most)
				return false;
		} while (!model_learned && next_execution());
	} while (model_learned);
	if (outcomes != scene->outcomes) {
		model_depth = 0;
		model_failure = "an outcome that may be was not seen";
	}
	return true;
}
