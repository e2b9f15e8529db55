/* SPDX-License-Identifier: MIT */
/* Sleeping, waking, and who is never woken: edge I. Slices are off. */
#include <string.h>

#include "crew.h"
#include "ready.h"
#include "scenes.h"
#include "wait.h"
#include "world.h"

/* Among the words that are explored, as others write to one of them. */
static struct nabdi_waiter *waiter_of(unsigned thread)
{
	return (struct nabdi_waiter *)model_world_spare() + thread;
}

static struct nabdi_producer successor;
static struct nabdi_os_hold hold;
static struct nabd polling = {.flags = NABD_CONSUMER};
static unsigned got[MODEL_THREADS]; /* messages or slots, of those who wait */
static int answer[MODEL_THREADS];   /* the last that was neither */

static void begin_to_wait(unsigned thread, unsigned group, const struct nabdi_producer *sender)
{
	struct nabdi_waiter *w = waiter_of(thread);

	nabdi_waiter_begin(w, &model_segment, group, sender);
	w->opts.spin_ns = w->opts.yield_ns = 0;
	w->opts.slice_ns = UINT64_MAX;
	if (sender == NULL && group != 0)
		w->member = &crew_consumer[thread].m;
}

static void set_up(void)
{
	crew_begin();
	memset(got, 0, sizeof(got));
	memset(answer, 0, sizeof(answer));
	hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
}

/* ------------------------------------------------------------- what the threads do */

static int pop(void)
{
	uint64_t value;
	size_t len = sizeof(value);

	return nabdi_consumer_pop(&crew_reader, &value, &len);
}

static int push(void)
{
	const uint64_t value = world_message(0, crew_producer.head);

	return nabdi_producer_push(&crew_producer, &value, sizeof(value));
}

static int serve_1(void)
{
	uint64_t sequence;
	int rc = crew_take(1, &sequence);

	return rc == NABD_OK ? crew_done(1, sequence) : rc;
}

static int serve_2(void)
{
	uint64_t sequence;
	int rc = crew_take(2, &sequence);

	return rc == NABD_OK ? crew_done(2, sequence) : rc;
}

/* As a door does; so often. */
static void wait_for(unsigned thread, int (*attempt)(void), int vacant, unsigned times)
{
	struct nabdi_wait wait;
	int rc;

	while (times-- > 0) {
		nabdi_wait_begin(&wait, waiter_of(thread), vacant, -1);
		do
			rc = attempt();
		while (nabdi_wait_again(&wait, &rc));
		got[thread] += rc == NABD_OK;
		answer[thread] = rc;
	}
}

static void await_messages(void)
{
	wait_for(1, pop, NABD_EMPTY, model_scene->messages);
}

/* As an event loop does. */
static void poll_for_messages(void)
{
	const struct nabdi_party party = nabdi_party_of_handle(&polling);
	uint64_t value;
	size_t len = sizeof(value);

	while (got[1] < model_scene->messages) {
		const int rc = nabdi_party_arm(&party);

		MODEL_CHECK(rc == 0 || rc == 1, "arming answers %d", rc);
		if (rc == 0)
			model_poll(&party.waiter->watch);
		else
			got[1] += nabdi_consumer_pop(&polling.rx, &value, &len) == NABD_OK;
	}
}

static void await_slot(void)
{
	wait_for(1, push, NABD_FULL, 1);
}

static void await_one_1(void)
{
	wait_for(1, serve_1, NABD_EMPTY, 1);
}

static void await_one_2(void)
{
	wait_for(2, serve_2, NABD_EMPTY, 1);
}

static void send_all(void)
{
	crew_send_some(model_scene->messages, model_scene->messages);
}

static void receive(void)
{
	for (unsigned i = 0; i < model_scene->tries; i++)
		MODEL_CHECK(pop() == NABD_OK, "a message of a full ring is not there");
}

static void call_off(void)
{
	nabdi_waiter_wake(waiter_of(1));
}

static void send_and_call_off(void)
{
	send_all();
	call_off();
}

static void come(void)
{
	(void)crew_join(2, NABD_JOIN_NEWEST);
}

static void die(void)
{
}

static void give_back(void)
{
	MODEL_CHECK(nabd_consumer_nack(&crew_consumer[2]) == NABD_OK, "nack");
}

static void leave(void)
{
	nabdi_member_leave(&crew_consumer[2].m, false);
}

/* Holds what it is given, but for the oldest message. */
static void take_one_and_hold(void)
{
	uint64_t sequence;
	int rc = crew_take(3, &sequence);

	if (rc == NABD_OK && sequence == 0)
		rc = crew_done(3, sequence);
	MODEL_CHECK(rc == NABD_OK || rc == NABD_EMPTY, "holding: %d", rc);
}

static void serve_one(void)
{
	const int rc = serve_2();

	MODEL_CHECK(rc == NABD_OK || rc == NABD_EMPTY, "serving: %d", rc);
}

static void succeed(void)
{
	model_wait_for_lock(NABD_SHM_LOCK_PRODUCER);
	MODEL_CHECK(nabdi_role_enter(&model_segment, true, &hold) == NABD_OK &&
			    nabdi_producer_begin(&successor, &model_segment) == NABD_OK,
		    "no successor");
}

/* ----------------------------------------------------------------- what is set up */

/* The first message is sent, and the producer has credit for the others. */
static void set_up_reader(void)
{
	set_up();
	crew_produce(2);
	crew_join_reader(1);
	crew_send(1);
	MODEL_CHECK(pop() == NABD_OK, "the first message is not there");
	begin_to_wait(1, 0, NULL);
}

static void set_up_poll(void)
{
	uint64_t value;
	size_t len = sizeof(value);

	set_up();
	crew_produce(2);
	nabdi_consumer_begin(&polling.rx, &model_segment);
	model_acting = 1;
	MODEL_CHECK(nabdi_consumer_ready(&polling.rx) == NABD_OK, "no reader");
	model_acting = 0;
	crew_send(1);
	MODEL_CHECK(nabdi_consumer_pop(&polling.rx, &value, &len) == NABD_OK,
		    "the first message is not there");
	nabdi_waiter_begin(&polling.rx_wait, &model_segment, 0, NULL);
	polling.rx_wait.opts.slice_ns = UINT64_MAX;
}

/* Others have asked for fences long ago, and this one has slept since. */
static void set_up_fenced(void)
{
	set_up_reader();
	nabdi_bell_no_barriers(&model_segment);
	waiter_of(1)->fenced_ns = 1;
}

static void set_up_full(void)
{
	set_up();
	crew_produce(1);
	crew_join_reader(2);
	crew_send(model_scene->slots);
	begin_to_wait(1, 0, &crew_producer);
}

static void set_up_two(void)
{
	set_up();
	crew_produce(3);
	crew_join(1, 0);
	crew_join(2, 0);
	crew_send(1);
	crew_serve(2, 1);
	begin_to_wait(1, CREW_GROUP, NULL);
	begin_to_wait(2, CREW_GROUP, NULL);
}

static void hold_one(unsigned thread)
{
	uint64_t sequence;

	model_acting = thread;
	MODEL_CHECK(crew_take(thread, &sequence) == NABD_OK, "nothing to hold");
	model_acting = 0;
}

/* The third holds something, and ends. */
static void set_up_heir(void)
{
	set_up();
	crew_produce(4);
	for (unsigned t = 1; t <= 3; t++)
		crew_join(t, 0);
	crew_send(1);
	hold_one(3);
	begin_to_wait(1, CREW_GROUP, NULL);
	begin_to_wait(2, CREW_GROUP, NULL);
}

/* Nobody has come yet, for whom it would be kept or not. */
static void set_up_alone(void)
{
	set_up();
	crew_produce(1);
	crew_send(model_scene->slots);
	begin_to_wait(1, 0, &crew_producer);
}

static void set_up_held(void)
{
	set_up();
	crew_produce(0);
	crew_join(1, 0);
	crew_join(2, 0);
	crew_send(1);
	hold_one(2);
	begin_to_wait(1, CREW_GROUP, NULL);
}

static void set_up_retracted(void)
{
	set_up();
	crew_produce(1);
	crew_join(2, 0);
	crew_join(3, 0);
	crew_send(model_scene->slots);
	begin_to_wait(1, 0, &crew_producer);
}

/* ------------------------------------------------------------- what must be so then */

static void check_got(void)
{
	MODEL_CHECK(got[1] == (model_scene->messages != 0 ? model_scene->messages : 1),
		    "%u of what was waited for, then %d", got[1], answer[1]);
}

static void check_both(void)
{
	MODEL_CHECK(got[1] == 1 && got[2] == 1, "not one each");
}

/* What a dead one left may lie till a slice is over; what was sent may not. */
static void check_all_given(void)
{
	const struct nabd_shm_consumers *consumers = nabdi_segment_consumers(&model_segment);
	const uint64_t word = cell_load_relaxed(&consumers->group[CREW_GROUP].position);

	MODEL_CHECK((!model_alive(1) && !model_alive(2)) ||
			    (word & NABD_SHM_SEQUENCE) == crew_producer.head,
		    "a member sleeps, and a message is there");
}

static void check_called_off(void)
{
	MODEL_CHECK(answer[1] == NABD_WOKEN, "answers %d", answer[1]);
}

/* It may sleep, if there is nothing to be read. */
static void check_nothing_left(void)
{
	MODEL_CHECK(!model_alive(1) || nabdi_consumer_waiting(&crew_reader) == 0,
		    "the reader sleeps, and a message is there");
}

#define SCENE(name_, what_, set_up_, check_, ...) \
	.name = (name_), .what = (what_), .set_up = (set_up_), .check = (check_), \
	.sleeps = true, .body = {__VA_ARGS__}

const struct model_scene model_scenes_sleep[] = {
	{SCENE("sleep-small", "a reader sleeps until the message comes", set_up_reader, check_got,
	       await_messages, send_all),
	 .slots = 4, .messages = 1, .compare = true},
	{SCENE("sleep", "and until the next", set_up_reader, check_got, await_messages, send_all),
	 .slots = 4, .messages = 2},
	{SCENE("sleep-fence", "where there are no barriers", set_up_reader, check_got,
	       await_messages, send_all),
	 .slots = 4, .messages = 2, .no_barrier = true, .samples = 10000},
	{SCENE("sleep-fenced", "and it was found out long ago", set_up_fenced, check_got,
	       await_messages, send_all),
	 .slots = 4, .messages = 1, .no_barrier = true},
	{SCENE("sleep-full", "a producer sleeps until there is a slot", set_up_full, check_got,
	       await_slot, receive), .slots = 2, .tries = 2},
	{SCENE("sleep-full-one", "and no other comes later", set_up_full, check_got, await_slot,
	       receive), .slots = 2, .tries = 1},
	{SCENE("sleep-patient", "until there are two", set_up_full, check_got, await_slot, receive),
	 .slots = 8, .tries = 3, .only_woken = true},
	{SCENE("sleep-impatient", "or for a while, and then until there is one", set_up_full,
	       check_got, await_slot, receive),
	 .slots = 8, .tries = 1},
	{SCENE("sleep-two", "two members sleep until there is a message for each", set_up_two,
	       check_both, await_one_1, await_one_2, send_all),
	 .slots = 4, .messages = 2, .samples = 10000},
	{SCENE("sleep-nack", "what one gives back wakes another", set_up_held, check_got,
	       await_one_1, give_back),
	 .slots = 2},
	{SCENE("sleep-leave", "so does what one leaves", set_up_held, check_got, await_one_1, leave),
	 .slots = 2},
	{SCENE("sleep-retracted", "an intent that comes to nothing holds no producer",
	       set_up_retracted, check_got, await_slot, serve_one, take_one_and_hold),
	 .slots = 2, .samples = 10000},
	{SCENE("sleep-called-off", "one is called off", set_up_reader, check_called_off,
	       await_messages, call_off),
	 .slots = 4, .messages = 1},
	{SCENE("sleep-poll", "a reader polls its descriptor, armed each time", set_up_poll, check_got,
	       poll_for_messages, send_all),
	 .slots = 4, .messages = 2},
	{SCENE("sleep-message-first", "and called off later than a message came", set_up_reader,
	       check_got, await_messages, send_and_call_off),
	 .slots = 4, .messages = 1},
	{SCENE("sleep-join", "the first group keeps nothing for itself", set_up_alone, check_got,
	       await_slot, come),
	 .slots = 2, .samples = 10000},
	{SCENE("sleep-heir", "who serves what a dead one held wakes another", set_up_heir,
	       check_all_given, await_one_1, await_one_2, die, send_all),
	 .slots = 4, .messages = 1, .tick_ms = 30, .may_sleep = 1u << 1 | 1u << 2,
	 .samples = 10000},
	{SCENE("sleep-successor", "the producer dies before it wakes; its successor does",
	       set_up_reader, check_nothing_left, await_messages, send_all, succeed),
	 .slots = 4, .messages = 1, .mortal = 1u << 2, .may_sleep = 1u << 1, .samples = 10000},
	{.name = NULL},
};
