/* SPDX-License-Identifier: MIT */
/* Queues that are overwritten: what a reader takes for whole is whole (edge G). */
#include "crew.h"
#include "scenes.h"
#include "world.h"

static uint64_t next;

static void set_up(void)
{
	crew_begin();
	crew_produce(1);
	crew_join_reader(2);
	crew_send(1);
	next = 0;
}

static void produce(void)
{
	crew_send_some(model_scene->messages, model_scene->messages);
}

static void produce_in_place(void)
{
	for (unsigned i = 0; i < model_scene->messages; i++) {
		const uint64_t value = world_message(0, crew_producer.head);
		void *slot;
		int rc = nabdi_producer_reserve(&crew_producer, sizeof(value), &slot);

		MODEL_CHECK(rc == NABD_OK, "reserve answers %d", rc);
		model_memcpy(slot, &value, sizeof(value));
		rc = nabdi_producer_commit(&crew_producer, sizeof(value));
		MODEL_CHECK(rc == NABD_OK, "commit answers %d", rc);
	}
}

/* Messages come in order; those that are missing are counted. */
static void pop(unsigned tries)
{
	for (unsigned i = 0; i < tries; i++) {
		const uint64_t lost = crew_reader.lost;
		uint64_t value = 0;
		size_t len = sizeof(value);
		int rc = nabdi_consumer_pop(&crew_reader, &value, &len);

		MODEL_CHECK(rc == NABD_OK || rc == NABD_EMPTY || rc == NABD_LAPPED,
			    "pop answers %d", rc);
		next += crew_reader.lost - lost;
		MODEL_CHECK((rc == NABD_LAPPED) == (crew_reader.lost != lost), "lost or not?");
		MODEL_CHECK(rc != NABD_OK || value == world_message(0, next),
			    "message %ju reads as %#jx", (uintmax_t)next, (uintmax_t)value);
		next += rc == NABD_OK;
	}
}

static void receive(void)
{
	pop(model_scene->tries);
}

static void receive_in_place(void)
{
	for (unsigned i = 0; i < model_scene->tries; i++) {
		const uint64_t lost = crew_reader.lost;
		const void *data;
		uint64_t value;
		uint32_t len;
		int rc = nabdi_consumer_peek(&crew_reader, &data, &len);

		if (rc == NABD_OK) {
			model_memcpy(&value, data, sizeof(value));
			rc = nabdi_consumer_release(&crew_reader);
		}
		MODEL_CHECK(rc == NABD_OK || rc == NABD_EMPTY || rc == NABD_LAPPED,
			    "peek and release answer %d", rc);
		next += crew_reader.lost - lost;
		MODEL_CHECK(rc != NABD_OK || value == world_message(0, next),
			    "message %ju reads as %#jx", (uintmax_t)next, (uintmax_t)value);
		next += rc == NABD_OK;
	}
}

/* The newest are there, whatever was lost before. */
static void check(void)
{
	pop(model_scene->slots + 3);
	MODEL_CHECK(next == crew_producer.head, "%ju of %ju received or lost", (uintmax_t)next,
		    (uintmax_t)crew_producer.head);
}

/* ----------------------------------------------------------------------- with members */

static uint64_t lost_by_dead;

static void set_up_members(void)
{
	crew_begin();
	crew_produce(1);
	crew_join(2, 0);
	crew_join(3, 0);
	crew_send(1);
	lost_by_dead = 0;
}

static void serve_2(void)
{
	crew_serve(2, model_scene->tries);
}

static void serve_3(void)
{
	crew_serve(3, model_scene->tries);
}

/* Each message was done once, or counted as lost once. */
static void check_members(void)
{
	uint64_t lost = 0;

	MODEL_CHECK(crew_join(0, 0) == NABD_OK, "nobody can join in the end");
	crew_serve(0, 2 * model_scene->slots + 6);
	for (unsigned t = 0; t < MODEL_THREADS; t++)
		lost += crew_consumer[t].m.counts.lost;
	MODEL_CHECK(crew_released() + lost == crew_producer.head, "%ju done, %ju lost of %ju",
		    (uintmax_t)crew_released(), (uintmax_t)lost, (uintmax_t)crew_producer.head);
}

#define SCENE(name_, what_, set_up_, check_, ...) \
	.name = (name_), .what = (what_), .set_up = (set_up_), .check = (check_), \
	.body = {__VA_ARGS__}

const struct model_scene model_scenes_over[] = {
	{SCENE("over", "a reader is overtaken", set_up, check, produce, receive),
	 .slots = 2, .messages = 3, .tries = 2, .racy = true, .overwrite = true},
	{SCENE("over-in-place", "both of them in place", set_up, check,
	       produce_in_place, receive_in_place),
	 .slots = 2, .messages = 3, .tries = 2, .racy = true, .overwrite = true},
	{SCENE("over-members", "two members are overtaken", set_up_members, check_members,
	       produce, serve_2, serve_3),
	 .slots = 2, .messages = 2, .tries = 1, .racy = true, .overwrite = true},
	{.name = NULL},
};
