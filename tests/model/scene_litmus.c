/* SPDX-License-Identifier: MIT */
/*
 * The memory model itself: small programs of which it is known what they may read.
 * Each outcome has a number; those that were seen must be those that are allowed.
 */
#include "scenes.h"
#include "os.h"
#include "world.h"

static unsigned r[4];
static nabd_cell64 *x, *y, *z;
static nabd_cell32 *bell;

/* Two words of no other meaning. */
static void set_up(void)
{
	x = &nabdi_segment_producer(&model_segment)->head;
	y = &nabdi_segment_producer(&model_segment)->tail;
	z = &nabdi_segment_producer(&model_segment)->told;
	bell = &nabdi_segment_consumers(&model_segment)->waits.space;
	r[0] = r[1] = r[2] = r[3] = 0;
}

static unsigned load(nabd_cell64 *cell)
{
	return (unsigned)cell_load_acquire(cell);
}

static unsigned load_relaxed(nabd_cell64 *cell)
{
	return (unsigned)cell_load_relaxed(cell);
}

static void bits_of_two(void)
{
	model_outcome(r[0] * 2 + r[1]);
}

static void bits_of_four(void)
{
	model_outcome(r[0] * 8 + r[1] * 4 + r[2] * 2 + r[3]);
}

/* ------------------------------------------------------ each stores, then looks */

static void x_then_y(void)
{
	cell_store_release(x, 1);
	r[0] = load(y);
}

static void y_then_x(void)
{
	cell_store_release(y, 1);
	r[1] = load(x);
}

static void x_fence_y(void)
{
	cell_store_relaxed(x, 1);
	model_fence(MODEL_SEQ_CST);
	r[0] = load_relaxed(y);
}

static void y_fence_x(void)
{
	cell_store_relaxed(y, 1);
	model_fence(MODEL_SEQ_CST);
	r[1] = load_relaxed(x);
}

static void x_barrier_y(void)
{
	cell_store_relaxed(x, 1);
	(void)nabdi_os_barrier();
	r[0] = load_relaxed(y);
}

static void x_barrier_y_z(void)
{
	cell_store_relaxed(x, 1);
	(void)nabdi_os_barrier();
	r[0] = load_relaxed(y);
	r[1] = load_relaxed(z);
}

/* As who publishes does. */
static void y_light_x(void)
{
	cell_store_release(y, 1);
	cell_fence_light();
	r[1] = load_relaxed(x);
}

static void y_light_x_2(void)
{
	cell_store_release(y, 1);
	cell_fence_light();
	r[2] = load_relaxed(x);
}

static void z_light_x_3(void)
{
	cell_store_release(z, 1);
	cell_fence_light();
	r[3] = load_relaxed(x);
}

/* ------------------------------------------------- a message and its announcement */

static void announce(void)
{
	cell_store_relaxed(x, 1);
	cell_store_release(y, 1);
}

static void announce_relaxed(void)
{
	cell_store_relaxed(x, 1);
	cell_store_relaxed(y, 1);
}

static void announce_fence(void)
{
	cell_store_relaxed(x, 1);
	cell_fence_release();
	cell_store_relaxed(y, 1);
}

static void hear(void)
{
	r[0] = load(y);
	r[1] = load_relaxed(x);
}

static void hear_relaxed(void)
{
	r[0] = load_relaxed(y);
	r[1] = load_relaxed(x);
}

static void hear_fence(void)
{
	r[0] = load_relaxed(y);
	cell_fence_acquire();
	r[1] = load_relaxed(x);
}

/* Through a third: what it changes carries on what the first released. */
static void pass_on(void)
{
	cell_fetch_add(y, 2);
}

static void hear_changed(void)
{
	r[0] = load(y);
	r[1] = load_relaxed(x);
}

static void four_by_two(void)
{
	model_outcome(r[0] * 2 + r[1]);
}

/* ------------------------------------------------- two watch two independent stores */

static void store_x(void)
{
	cell_store_release(x, 1);
}

static void store_y(void)
{
	cell_store_release(y, 1);
}

static void watch_x_y(void)
{
	r[0] = load(x);
	r[1] = load(y);
}

static void watch_y_x(void)
{
	r[2] = load(y);
	r[3] = load(x);
}

static void watch_x_fence_y(void)
{
	r[0] = load(x);
	model_fence(MODEL_SEQ_CST);
	r[1] = load(y);
}

static void watch_y_fence_x(void)
{
	r[2] = load(y);
	model_fence(MODEL_SEQ_CST);
	r[3] = load(x);
}

/* ---------------------------------------------------------- one word, and one lock */

static void count_up(void)
{
	cell_store_relaxed(x, 1);
	cell_store_relaxed(x, 2);
}

static void look_twice(void)
{
	r[0] = load_relaxed(x);
	r[1] = load_relaxed(x);
}

static void three_by_three(void)
{
	model_outcome(r[0] * 3 + r[1]);
}

static void exchange(void)
{
	r[0] = (unsigned)cell_compare_exchange(x, 0, 5);
	r[1] = r[0] == 0;
}

/* What is found, and what is there in the end: an exchange may fail with an old value. */
static void found_and_left(void)
{
	model_outcome(r[0] * 6 + load(x));
}

static void add_one_0(void)
{
	r[0] = (unsigned)cell_fetch_add(x, 1);
}

static void add_one_1(void)
{
	r[1] = (unsigned)cell_fetch_add(x, 1);
}

static void change_and_wake(void)
{
	cell_store_relaxed(x, 1);
	cell32_fetch_add(bell, 1);
	r[0] = nabdi_os_wake(bell, 1);
}

static void sleep_on_bell(void)
{
	const uint32_t before = cell32_load_acquire(bell);

	if (before == 0)
		nabdi_os_sleep_on(bell, before, UINT64_MAX);
	r[1] = load_relaxed(x);
}

static struct nabdi_os_hold hold[2];

static void lock_and_store(void)
{
	if (nabdi_role_enter(&model_segment, true, &hold[0]) != NABD_OK)
		return;
	cell_store_relaxed(x, 1);
	cell_store_relaxed(y, 1);
}

static void wait_and_look(void)
{
	model_wait_for_lock(NABD_SHM_LOCK_PRODUCER);
	if (nabdi_role_enter(&model_segment, true, &hold[1]) != NABD_OK)
		return;
	r[0] = load_relaxed(y);
	r[1] = load_relaxed(x);
}

#define SCENE(name_, what_, check_, ...) \
	.name = (name_), .what = (what_), .set_up = set_up, .check = (check_), \
	.body = {__VA_ARGS__}
#define OUTCOMES(mask) .outcomes = (mask), .slots = 2, .compare = (mask) < 0xf000

const struct model_scene model_scenes_litmus[] = {
	{SCENE("store-buffering", "acquire and release let both miss", bits_of_two,
	       x_then_y, y_then_x),
	 OUTCOMES(0xf)},
	{SCENE("store-buffering-fences", "full fences do not", bits_of_two, x_fence_y, y_fence_x),
	 OUTCOMES(0xe)},
	{SCENE("store-buffering-barrier", "nor one barrier for both", bits_of_two,
	       x_barrier_y, y_light_x),
	 OUTCOMES(0xe)},
	{SCENE("two-buffers-barrier", "and one for three", bits_of_four,
	       x_barrier_y_z, y_light_x_2, z_light_x_3),
	 .outcomes = 0xfac8, .slots = 2, .compare = true},
	{SCENE("message", "release and acquire", bits_of_two, announce, hear),
	 OUTCOMES(0xb)},
	{SCENE("message-relaxed", "neither", bits_of_two, announce_relaxed, hear_relaxed),
	 OUTCOMES(0xf)},
	{SCENE("message-no-release", "acquire alone", bits_of_two, announce_relaxed, hear),
	 OUTCOMES(0xf)},
	{SCENE("message-no-acquire", "release alone", bits_of_two, announce, hear_relaxed),
	 OUTCOMES(0xf)},
	{SCENE("message-fences", "fences of acquire and release", bits_of_two,
	       announce_fence, hear_fence),
	 OUTCOMES(0xb)},
	/* 0 or 2 and no message seen; 1 or 3 only with it: release sequences go on. */
	{SCENE("message-passed-on", "a change carries on a release", four_by_two,
	       announce, pass_on, hear_changed),
	 OUTCOMES(0xbb)},
	{SCENE("two-watchers", "need not agree", bits_of_four,
	       store_x, store_y, watch_x_y, watch_y_x),
	 OUTCOMES(0xffff)},
	{SCENE("two-watchers-fences", "agree with full fences", bits_of_four,
	       store_x, store_y, watch_x_fence_y, watch_y_fence_x),
	 OUTCOMES(0xfbff)},
	{SCENE("one-word", "is never seen going back", three_by_three, count_up, look_twice),
	 OUTCOMES(0x137)},
	{SCENE("exchange", "may fail with an old value", found_and_left, count_up, exchange),
	 OUTCOMES(1u << 2 | 1u << 8 | UINT64_C(1) << 14)},
	{SCENE("changes", "lose nothing", bits_of_two, add_one_0, add_one_1),
	 OUTCOMES(0x6)},
	/* Nobody sleeps on what was changed; waking orders nothing else. */
	{SCENE("sleeping", "and waking", bits_of_two, change_and_wake, sleep_on_bell),
	 OUTCOMES(0xf), .sleeps = true},
	/* Either the first had it and all is seen, or it came too late. */
	{SCENE("lock", "orders", bits_of_two, lock_and_store, wait_and_look),
	 OUTCOMES(0x9)},
	{SCENE("lock-death", "the dead leave what they did, in order or not", bits_of_two,
	       lock_and_store, wait_and_look),
	 OUTCOMES(0xb), .mortal = 1u << 1},
	{.name = NULL},
};
