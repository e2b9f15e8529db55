/* SPDX-License-Identifier: MIT */
/* Groups with members: joining, claiming, dying, giving back. */
#include <string.h>

#include "crew.h"
#include "scenes.h"
#include "world.h"

/* ------------------------------------- two members compete for what is there: edge E */

static void set_up_claim(void)
{
	crew_begin();
	crew_produce(0);
	crew_join(1, 0);
	crew_join(2, 0);
	crew_send(model_scene->messages);
}

static void serve_1(void)
{
	crew_serve(1, model_scene->tries);
}

static void serve_2(void)
{
	crew_serve(2, model_scene->tries);
}

static void serve_3(void)
{
	crew_serve(3, model_scene->tries);
}

static void check_crew(void)
{
	crew_check();
}

/* ------------------------------------------------------- while the producer goes on */

static void set_up_running(void)
{
	crew_begin();
	crew_produce(3);
	crew_join(1, 0);
	crew_join(2, 0);
	crew_send(1);
}

static void produce(void)
{
	crew_send_some(model_scene->messages, model_scene->pushes);
}

/* ------------------------------------------------------------- the heir may die too */

static void set_up_three(void)
{
	crew_begin();
	crew_produce(0);
	for (unsigned t = 1; t <= 3; t++)
		crew_join(t, 0);
	crew_send(model_scene->messages);
}

/* --------------------------------------------------------------------- giving back */

static void give_back(unsigned thread)
{
	uint64_t sequence;
	int rc = crew_take(thread, &sequence);

	if (rc == NABD_OK)
		rc = nabd_consumer_nack(&crew_consumer[thread]);
	MODEL_CHECK(rc == NABD_OK || rc == NABD_EMPTY, "nack answers %d", rc);
}

static void nack_1(void)
{
	give_back(1);
}

static void nack_2(void)
{
	give_back(2);
}

static void nack_and_serve(void)
{
	give_back(1);
	crew_serve(1, model_scene->tries);
}

/* The producer must know of every line in which something may be claimed. */
static void check_lines(void)
{
	const struct nabd_shm_consumers *consumers = nabdi_segment_consumers(&model_segment);
	const uint64_t lines = cell_load_relaxed(&consumers->group[CREW_GROUP].members);

	for (unsigned t = 1; t <= 2; t++) {
		const struct nabd_shm_member *own = crew_consumer[t].m.own->shm;

		MODEL_CHECK((lines >> (own - consumers->member[CREW_GROUP - 1]) & 1) != 0,
			    "the line of member %u is in nobody's list", t);
	}
	crew_check();
}

#define SCENE(name_, what_, set_up_, check_, ...) \
	.name = (name_), .what = (what_), .set_up = (set_up_), .check = (check_), \
	.body = {__VA_ARGS__}

const struct model_scene model_scenes_group[] = {
	{SCENE("claim", "two members compete", set_up_claim, check_crew, serve_1, serve_2),
	 .slots = 4, .messages = 2, .tries = 2},
	{SCENE("claim-death", "one may die, the other looks for it", set_up_claim, check_crew,
	       serve_1, serve_2),
	 .slots = 4, .messages = 2, .tries = 2, .mortal = 1u << 1, .tick_ms = 30},
	{SCENE("claim-running", "two members, and the producer at work", set_up_running, check_crew,
	       serve_1, serve_2, produce),
	 .slots = 2, .messages = 2, .pushes = 2, .tries = 2},
	{SCENE("heirs", "two may die, of three", set_up_three, check_crew, serve_1, serve_2, serve_3),
	 .slots = 2, .messages = 1, .tries = 1, .mortal = 1u << 1 | 1u << 2, .tick_ms = 30,
	 .large = true},
	{SCENE("nack", "one gives back what another may serve", set_up_claim, check_crew,
	       nack_and_serve, serve_2),
	 .slots = 4, .messages = 2, .tries = 1, .tick_ms = 30},
	{SCENE("nack-death", "and may die while it does", set_up_claim, check_crew,
	       nack_and_serve, serve_2),
	 .slots = 4, .messages = 1, .tries = 1, .mortal = 1u << 1, .tick_ms = 30},
	{SCENE("nack-two", "two give back at once, and get lines of their own", set_up_claim,
	       check_lines, nack_1, nack_2),
	 .slots = 4, .messages = 2},
	{.name = NULL},
};
