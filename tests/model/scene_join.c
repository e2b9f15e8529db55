/* SPDX-License-Identifier: MIT */
/* Joining a producer that is at work, beside a reader that makes room for it: edge C. */
#include "crew.h"
#include "scenes.h"
#include "world.h"

static struct world_log sent;

static void set_up(void)
{
	crew_begin();
	crew_produce(2);
	crew_join_reader(1);
	crew_send(1);
}

/* One message is read: the producer may have its slot, as far as the reader goes. */
static void set_up_read(void)
{
	sent.count = 0;
	crew_begin();
	crew_produce(2);
	crew_join_reader(0);
	crew_send(model_scene->slots);
	world_receive(&crew_reader, 1, &crew_read);
}

static void read_0(void)
{
	world_receive(&crew_reader, model_scene->tries, &crew_read);
}

static void produce(void)
{
	crew_send_some(model_scene->messages, model_scene->pushes);
}

static void join(unsigned thread, uint32_t flags)
{
	if (crew_join(thread, flags) == NABD_OK)
		crew_serve(thread, 1);
}

static void join_newest(void)
{
	join(3, NABD_JOIN_NEWEST);
}

static void join_oldest(void)
{
	join(3, NABD_JOIN_OLDEST);
}

static void join_alone(void)
{
	crew_join(3, NABD_JOIN_OLDEST);
}

static void join_too(void)
{
	join(4, NABD_JOIN_NEWEST);
}

/*
 * The reader misses nothing, and the group nothing from where it began: which is what
 * the first of its members was told, as one that dies before may not have settled that.
 */
static void check(void)
{
	crew_first = crew_joined(3) ? crew_consumer[3].m.joined :
		     crew_joined(4) ? crew_consumer[4].m.joined : crew_producer.head;
	crew_check();
	world_receive(&crew_reader, model_scene->slots + 1, &crew_read);
	MODEL_CHECK(crew_read.count == crew_producer.head, "the reader got %u of %ju",
		    crew_read.count, (uintmax_t)crew_producer.head);
}

/* ---------------- a group that the producer knew is made anew, and is in the roster again */

/* The mark of the new one will be the same as that of the old one, which is gone. */
static void set_up_again(void)
{
	crew_begin();
	crew_may_end = true;
	crew_produce(2);
	crew_join_reader(1);
	crew_join(0, NABD_JOIN_OLDEST);
	crew_send(model_scene->slots);
	nabdi_member_leave(&crew_consumer[0].m, false);
	MODEL_CHECK(nabdi_member_drop_group(&model_segment, CREW_GROUP) == NABD_OK, "dropping");
}

/* ------------------------------- the producer dies while it looks, and another goes on */

static struct nabdi_producer successor;
static struct nabdi_os_hold hold;

static void set_up_takeover(void)
{
	hold = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	set_up_read();
}

static void begin_and_send(void)
{
	const uint64_t head = crew_producer.head;

	MODEL_CHECK(nabdi_role_enter(&model_segment, true, &hold) == NABD_OK, "who is it?");
	MODEL_CHECK(nabdi_producer_begin(&successor, &model_segment) == NABD_OK, "taking over");
	MODEL_CHECK(successor.head - head <= 1, "it goes on at %ju", (uintmax_t)successor.head);
	world_send(&successor, 0, 1, 1, &sent);
}

/* The other waits for the end of the first; or goes on when all else is done. */
static void succeed(void)
{
	model_wait_for_lock(NABD_SHM_LOCK_PRODUCER);
	begin_and_send();
}

static void check_takeover(void)
{
	if (model_scene->body[3] == NULL)
		begin_and_send();
	nabdi_role_leave(&hold, false);
	crew_produce(0);
	check();
}

/* --------------------------------------- what is said to be there, is there: edge D */

static void set_up_look(void)
{
	crew_begin();
	crew_produce(2);
	crew_join(1, 0);
}

static void look_and_take(void)
{
	struct nabd_group_info info;
	int rc = nabdi_member_look_group(&model_segment, CREW_GROUP, &info);

	MODEL_CHECK(rc == NABD_OK, "looking: %d", rc);
	for (uint64_t i = 0, sequence; i < info.lag; i++) {
		rc = crew_take(1, &sequence);
		MODEL_CHECK(rc == NABD_OK, "of %ju messages, taking the next answers %d",
			    (uintmax_t)info.lag, rc);
		crew_done(1, sequence);
	}
}

#define SCENE(name_, what_, set_up_, check_, ...) \
	.name = (name_), .what = (what_), .set_up = (set_up_), .check = (check_), \
	.body = {__VA_ARGS__}

const struct model_scene model_scenes_join[] = {
	{SCENE("join-newest", "a group comes beside a reader", set_up_read, check,
	       NULL, produce, join_newest),
	 .slots = 2, .messages = 2, .pushes = 2, .tries = 2},
	{SCENE("join-oldest", "and begins at the oldest message", set_up_read, check,
	       NULL, produce, join_oldest),
	 .slots = 2, .messages = 2, .pushes = 2, .tries = 2},
	{SCENE("join-newest-all", "beside a reader at work", set_up, check,
	       read_0, produce, join_newest),
	 .slots = 2, .messages = 2, .pushes = 2, .tries = 2, .large = true},
	{SCENE("join-oldest-all", "and begins at the oldest message", set_up, check,
	       read_0, produce, join_oldest),
	 .slots = 2, .messages = 2, .pushes = 2, .tries = 2, .large = true},
	{SCENE("join-death", "the first to join dies, another goes on", set_up, check,
	       read_0, produce, join_newest, join_too),
	 .slots = 2, .messages = 1, .pushes = 1, .tries = 1, .mortal = 1u << 3},
	{SCENE("join-again", "a group that is made anew looks as it was", set_up_again, check,
	       read_0, produce, join_alone),
	 .slots = 2, .messages = 1, .pushes = 1, .tries = 1},
	{SCENE("join-takeover", "a group comes, the producer dies, later another goes on",
	       set_up_takeover, check_takeover, NULL, produce, join_alone),
	 .slots = 2, .messages = 1, .pushes = 1, .mortal = 1u << 2},
	{SCENE("join-takeover-all", "or at once",
	       set_up_takeover, check_takeover, NULL, produce, join_alone, succeed),
	 .slots = 2, .messages = 1, .pushes = 1, .mortal = 1u << 2, .large = true},
	{SCENE("look", "an onlooker's messages are there", set_up_look, crew_check,
	       look_and_take, produce), .slots = 2, .messages = 2, .pushes = 2},
	{.name = NULL},
};
