/* SPDX-License-Identifier: MIT */
/*
 * Groups that end, are made anew, or are moved, while their members work: edge H. What
 * a member reads then may be overwritten; if so, its release must say so.
 */
#include "crew.h"
#include "scenes.h"
#include "world.h"

static void serve_1(void)
{
	crew_serve(1, model_scene->tries);
}

static void serve_1_copies(void)
{
	crew_serve_copies(1, model_scene->tries);
}

static void serve_2(void)
{
	crew_serve(2, model_scene->tries);
}

static void produce(void)
{
	crew_send_some(model_scene->messages, model_scene->pushes);
}

/* --------------------------------------------- dropped by hand, beside a group that stays */

static void set_up_drop(void)
{
	crew_begin();
	crew_may_end = true;
	crew_produce(2);
	crew_join_reader(0);
	crew_join(1, 0);
	crew_send(model_scene->slots);
	world_receive(&crew_reader, model_scene->slots, &crew_read);
}

static void drop(void)
{
	int rc = nabdi_member_drop_group(&model_segment, CREW_GROUP);

	MODEL_CHECK(rc == NABD_OK, "dropping: %d", rc);
}

/* Nothing holds the producer but the reader, who misses nothing. */
static void check_reader(void)
{
	world_receive(&crew_reader, model_scene->slots + 1, &crew_read);
	MODEL_CHECK(crew_read.count == crew_producer.head, "the reader got %u of %ju",
		    crew_read.count, (uintmax_t)crew_producer.head);
}

static void check_dropped(void)
{
	uint64_t sequence;
	int rc = crew_consumer[1].m.state == MEMBER_ENDED ? NABD_DROPPED : crew_take(1, &sequence);

	check_reader();
	MODEL_CHECK(rc == NABD_DROPPED, "the member is told %d", rc);
	crew_send(model_scene->slots);
}

/* ------------------------------------------ dropped and made anew, members left behind */

static void make_anew(void)
{
	crew_join(3, NABD_JOIN_OLDEST);
}

static void drop_and_serve(void)
{
	drop();
	make_anew();
	crew_serve(3, model_scene->tries);
}

/* The new group's are served by the new group's members alone, each once. */
static void check_made_anew(void)
{
	uint64_t sequence;
	int rc = crew_consumer[1].m.state == MEMBER_ENDED ? NABD_DROPPED : crew_take(1, &sequence);

	MODEL_CHECK(rc == NABD_DROPPED, "the member left behind is told %d", rc);
	crew_forget(1);
	crew_first = crew_consumer[3].m.joined;
	crew_check();
	check_reader();
}

static uint64_t reading;

/* It was dropped, and the member does not know yet. */
static void set_up_reading(void)
{
	set_up_drop();
	MODEL_CHECK(crew_take(1, &reading) == NABD_OK, "nothing to read");
	drop();
}

static void done_1(void)
{
	int rc = crew_done(1, reading);

	MODEL_CHECK(rc == NABD_OK || rc == NABD_DROPPED, "the member is told %d", rc);
}

/* ----------------------------------------------------------- evicted for being too slow */

static void set_up_evict(void)
{
	crew_begin();
	crew_may_end = true;
	crew_max_lag = model_scene->slots;
	crew_produce(2);
	crew_join(1, 0);
	crew_send(model_scene->slots);
}

static void check_evicted(void)
{
	const struct nabdi_member *m = &crew_consumer[1].m;
	const struct nabd_shm_consumers *consumers = nabdi_segment_consumers(&model_segment);
	const nabd_cell64 *closed = &consumers->group[CREW_GROUP].closed_head;
	uint64_t sequence, before;
	int rc;

	crew_serve(1, model_scene->slots + 1);
	before = crew_released();
	rc = m->state == MEMBER_ENDED ? m->ended : crew_take(1, &sequence);
	MODEL_CHECK(rc == NABD_EMPTY || rc == NABD_EVICTED, "the member is told %d", rc);
	/* What was sent till then was given out and done, or is counted as lost. */
	if (rc == NABD_EMPTY)
		MODEL_CHECK(crew_released() == crew_producer.head, "%ju done of %ju",
			    (uintmax_t)crew_released(), (uintmax_t)crew_producer.head);
	if (rc == NABD_EVICTED)
		MODEL_CHECK(before + m->counts.held + m->counts.lost == cell_load_acquire(closed),
			    "%ju done, %ju held, %ju lost of %ju", (uintmax_t)before,
			    (uintmax_t)m->counts.held, (uintmax_t)m->counts.lost,
			    (uintmax_t)cell_load_acquire(closed));
}

/* ---------------------------------------------------------------------- moved by a seek */

static uint64_t moved_to;
static int moved;

static void set_up_seek(void)
{
	crew_begin();
	crew_produce(3);
	crew_join(1, 0);
	crew_join(2, 0);
	crew_send(model_scene->slots);
	crew_serve(1, 1);
	moved = NABD_EMPTY;
}

static void seek_back(void)
{
	moved = nabd_consumer_seek(&crew_consumer[1], 0, &moved_to);
}

static void seek_on(void)
{
	moved = nabd_consumer_seek(&crew_consumer[1], 2, &moved_to);
}

/* What lies from the target on is given out after it: each of them once more, or done. */
static void check_seek(void)
{
	MODEL_CHECK(moved == NABD_OK, "seeking: %d", moved);
	MODEL_CHECK(moved_to <= crew_producer.head, "moved to %ju", (uintmax_t)moved_to);
	crew_first = moved_to;
	crew_moved = 1;
	crew_check();
}

#define SCENE(name_, what_, set_up_, check_, ...) \
	.name = (name_), .what = (what_), .set_up = (set_up_), .check = (check_), \
	.body = {__VA_ARGS__}

const struct model_scene model_scenes_end[] = {
	{SCENE("drop", "a group is dropped while its member reads", set_up_drop, check_dropped,
	       serve_1, produce, drop),
	 .slots = 2, .messages = 1, .pushes = 2, .tries = 1, .racy = true, .stays = 1u << 1},
	{SCENE("drop-copies", "while its member copies", set_up_drop, check_dropped,
	       serve_1_copies, produce, drop),
	 .slots = 2, .messages = 1, .pushes = 2, .tries = 1, .racy = true, .stays = 1u << 1},
	{SCENE("evict", "a group is evicted while its member reads", set_up_evict, check_evicted,
	       serve_1, produce),
	 .slots = 2, .messages = 2, .pushes = 3, .tries = 2, .racy = true, .stays = 1u << 1},
	{SCENE("evict-copies", "while its member copies", set_up_evict, check_evicted,
	       serve_1_copies, produce),
	 .slots = 2, .messages = 2, .pushes = 3, .tries = 2, .racy = true, .stays = 1u << 1},
	{SCENE("made-anew", "dropped and made anew, the old member at work", set_up_drop,
	       check_made_anew, serve_1, NULL, drop_and_serve),
	 .slots = 2, .tries = 1, .racy = true, .stays = 1u << 1},
	{SCENE("made-anew-reading", "the old member reading, the producer at work", set_up_reading,
	       check_made_anew, done_1, produce, make_anew),
	 .slots = 2, .messages = 1, .pushes = 1, .racy = true, .stays = 1u << 1, .large = true},
	{SCENE("made-anew-serving", "the old member asleep, the producer at work", set_up_drop,
	       check_made_anew, NULL, produce, drop_and_serve),
	 .slots = 2, .messages = 1, .pushes = 2, .tries = 1, .racy = true, .large = true},
	{SCENE("made-anew-all", "all of them at work", set_up_drop,
	       check_made_anew, serve_1, produce, drop_and_serve),
	 .slots = 2, .messages = 1, .pushes = 2, .tries = 1, .racy = true, .stays = 1u << 1,
	 .large = true, .samples = 100000},
	{SCENE("seek-back", "a member moves the group back, the producer at work", set_up_seek,
	       check_seek, seek_back, NULL, produce),
	 .slots = 2, .messages = 1, .pushes = 1},
	{SCENE("seek-back-two", "another member at work", set_up_seek, check_seek,
	       seek_back, serve_2),
	 .slots = 2, .tries = 1},
	{SCENE("seek-back-all", "both of them at work", set_up_seek, check_seek,
	       seek_back, serve_2, produce),
	 .slots = 2, .messages = 1, .pushes = 2, .tries = 1, .large = true, .samples = 100000},
	{SCENE("seek-on", "a member moves the group on, another works", set_up_seek, check_seek,
	       seek_on, serve_2, produce),
	 .slots = 2, .messages = 1, .pushes = 2, .tries = 1},
	{.name = NULL},
};
