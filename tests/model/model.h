/* SPDX-License-Identifier: MIT */
/*
 * The explorer of tests/model: what its parts call each other. README.md says
 * which memory model it is and what the bounds mean.
 *
 *   verbs.c    the verbs of atomics.h, made weaker where a bug is wanted
 *   memory.c   what each thread may read: histories of stores, views, races
 *   locks.c    file locks, in the place of lib/os_lock.c
 *   sleep.c    sleeping and waking, in the place of lib/os_wait.c
 *   doors.c    lib/api_member.c, without the other doors
 *   explore.c  one execution after the other, until all have been seen
 *   choose.c   which executions are the same
 *   trace.c    what was done
 *   behave.c   whether the same was seen without leaving anything out
 *   world.c    the segment, and the names of its words
 *   crew.c     members at work, and who was given what
 *   bugs.c     the orderings that are weakened on purpose
 *   scene_*.c  what the threads do and what has to be true
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "atomics.h"

#define MODEL_THREADS 6  /* thread 0 sets the scene and looks at what is left */
#define MODEL_CELLS   128
#define MODEL_WORDS   65536 /* of the segment, of 4 bytes */
#define MODEL_STORES  120 /* to one cell, in one execution */
#define MODEL_LOCKS   12
#define MODEL_STEPS   600 /* of one execution */
#define MODEL_CHOICES 120 /* of one moment */

enum model_kind {
	MODEL_LOAD,
	MODEL_STORE,
	MODEL_RMW,
	MODEL_CAS,
	MODEL_FENCE,
	MODEL_BARRIER, /* a full fence of this thread, and one of another */
	MODEL_SLEEP,   /* look at a word, and sleep if it is as expected */
	MODEL_SLEPT,   /* stand still until woken; or, if value is set, not for long */
	MODEL_WAKE,    /* so many of those that sleep on the word */
	MODEL_TRY,    /* take a lock if it is free */
	MODEL_WAIT,   /* stand still until a lock is free; takes nothing */
	MODEL_PROBE,  /* whether one of some locks is taken: value, and how many: expected */
	MODEL_UNLOCK, /* all locks of one holder */
	MODEL_EXIT    /* the process ends, and its locks are free */
};

/* What a thread is about to do. */
struct model_op {
	enum model_kind kind;
	enum model_order order;
	enum model_change change;
	unsigned cell;      /* or lock */
	uint64_t value;     /* to be stored, or the operand */
	uint64_t expected;
	const void *holder; /* of a lock */
};

/* A choice: this thread goes on, reading that store; or it dies here. */
struct model_step {
	uint8_t thread;
	bool dies;
	uint8_t store;
};

/* What was done, for the trace. */
struct model_done {
	struct model_step step;
	struct model_op op;
	uint64_t result;
};

struct model_scene {
	const char *name;
	const char *what;
	void (*set_up)(void);
	void (*body[MODEL_THREADS - 1])(void);
	void (*check)(void);  /* when all threads have ended */
	unsigned mortal;      /* bit t: thread t may die anywhere */
	unsigned tick_ms;     /* how far time goes on from look to look */
	bool racy;            /* payloads may be read while written: single words, relaxed */
	bool overwrite;       /* a queue whose producer never waits */
	unsigned stays;       /* bit t: thread t ends, its process lives on and keeps its locks */
	unsigned slots;
	unsigned messages;    /* that a producer sends */
	unsigned pushes;      /* that it tries */
	unsigned tries;       /* of a call that may answer EMPTY or FULL */
	bool large;           /* for model-long only */
	unsigned samples;     /* 0: all executions; or so many, drawn */
	bool sleeps;          /* the words of the bells are explored: see verbs.c */
	bool no_barrier;      /* the kernel has none */
	bool only_woken;      /* short sleeps don't end by themselves either */
	unsigned may_sleep;   /* bit t: thread t may be asleep in the end, if check() lets it */
	bool compare;         /* with an exploration that leaves out nothing */
	uint64_t outcomes;    /* bit n: model_outcome(n) must be called, the others not; or 0 */
};

/* An ordering of one kind of word, weakened. */
struct model_bug {
	const char *name;
	const char *scene; /* that has to see it */
	const char *cell;  /* the word's name, without its number */
	enum {
		BUG_NONE,
		BUG_LOAD,    /* loads, without acquire */
		BUG_STORE,   /* stores, without release */
		BUG_CHANGE_ACQUIRE, /* changes and exchanges, without acquire */
		BUG_CHANGE_RELEASE, /* the same, without release */
		BUG_SPLIT,   /* changes and exchanges as a load and a store */
		BUG_FENCE_ACQUIRE,  /* no such fences */
		BUG_FENCE_RELEASE,
		BUG_FENCE_FULL,
		BUG_BARRIER, /* nor such barriers, which say that they were made */
		BUG_LOCK     /* locks don't order */
	} what;
};

extern const struct model_scene *model_scene;
extern const struct model_bug *model_bug;
extern const struct model_bug model_bugs[];
extern unsigned model_thread; /* that runs */

/* explore.c */
uint64_t model_do(const struct model_op *op);
bool model_explore(const struct model_scene *scene, uint64_t most);
void model_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
#define MODEL_CHECK(condition, ...) ((condition) ? (void)0 : model_fail(__VA_ARGS__))
extern uint64_t model_executions, model_cut, model_steps;
extern const char *model_failure; /* of the last exploration, or NULL */
void model_outcome(unsigned number);
extern struct model_done model_trace[];
extern unsigned model_depth; /* steps of the last execution */

/* trace.c */
void model_print_trace(void);

/* behave.c: what the threads have done in an execution, to compare explorations by */
void model_behaviour_begin(bool first);
void model_behaviour_step(const struct model_step *step, const struct model_op *op,
			  uint64_t result);
void model_behaviour_end(void);
extern uint64_t model_behaviours, model_behaviours_new;

/* choose.c */
struct model_moment {
	struct model_step step[MODEL_CHOICES], asleep[MODEL_CHOICES];
	unsigned steps, at, asleeps;
};
extern bool model_reduce;  /* false: try everything */
extern bool model_learned; /* who writes what: the exploration begins again */
void model_choose_forget(void);
void model_choose_begin(void); /* an execution */
void model_choose_note(unsigned thread, const struct model_op *op);
void model_choose(struct model_moment *moment, unsigned last);
void model_choose_next(const struct model_moment *moment, struct model_moment *next);
bool model_alive(unsigned thread);
extern bool model_all_sleep; /* those who have not ended, and nobody is left to wake them */
const struct model_op *model_pending(unsigned thread);

/* memory.c */
void model_memory_reset(bool forget_cells);
void model_memory_start(unsigned thread);  /* sees what thread 0 has done */
void model_memory_gather(void);            /* thread 0 sees what all have done */
unsigned model_memory_cell(const void *cell);
const void *model_memory_address(unsigned cell);
unsigned model_memory_choices(unsigned thread, const struct model_op *op, uint8_t *stores);
bool model_memory_writes(const struct model_op *op, unsigned store);
uint64_t model_memory_do(unsigned thread, const struct model_op *op, unsigned store);
void model_memory_lock_read(unsigned thread, unsigned lock);
void model_memory_lock_write(unsigned thread, unsigned lock, bool died);
uint64_t model_memory_value(unsigned cell, unsigned store);

/* locks.c */
void model_locks_reset(void);
bool model_locks_taken(unsigned lock);
uint64_t model_locks_do(unsigned thread, const struct model_op *op);
void model_locks_die(unsigned thread, bool died);
unsigned model_locks_held(unsigned thread); /* mask */
unsigned model_locks_about(unsigned thread, const struct model_op *op); /* mask */
extern unsigned model_acting;
void model_wait_for_lock(uint64_t byte);
void model_exit(void);
uint64_t model_lock_byte(unsigned lock);

/* sleep.c */
void model_sleep_reset(void);
uint64_t model_sleep_do(unsigned thread, const struct model_op *op);
bool model_asleep(unsigned thread);
void model_sleep_die(unsigned thread);
struct nabdi_os_watch;
void model_poll(const struct nabdi_os_watch *watch); /* until it is readable */

/* world.c */
extern struct nabdi_segment model_segment;
extern uint8_t *model_slots_from, *model_slots_to; /* where races are looked for */
void model_world_reset(void);
size_t model_world_word(const void *cell);
void *model_world_spare(void); /* words that are explored too, for what a scene shares */
void *model_world_told(void);  /* and what the file was told of */
bool model_world_waits(const void *cell); /* whether it is one of the bells' */
const char *model_world_name(const void *cell, unsigned *number);

#endif
