/* SPDX-License-Identifier: MIT */
/* The ring: a producer and the default group's reader; joining; taking over. */
#include <string.h>

#include "look.h"
#include "scenes.h"
#include "world.h"

static struct nabdi_producer producer, successor;
static struct nabdi_consumer reader, heir;
static struct nabdi_os_hold hold[4];
static struct world_log sent[2], received[2];

static void clear(void)
{
	memset(sent, 0, sizeof(sent));
	memset(received, 0, sizeof(received));
	memset(hold, 0, sizeof(hold));
	nabdi_consumer_begin(&reader, &model_segment);
	nabdi_consumer_begin(&heir, &model_segment);
}

static bool begin(struct nabdi_producer *p, struct nabdi_os_hold *h)
{
	int rc = nabdi_role_enter(&model_segment, true, h);

	if (rc == NABD_BUSY)
		return false;
	MODEL_CHECK(rc == NABD_OK, "the producer's role: %d", rc);
	rc = nabdi_producer_begin(p, &model_segment);
	MODEL_CHECK(rc == NABD_OK, "taking over: %d", rc);
	return true;
}

static void join(struct nabdi_consumer *c)
{
	int rc = nabdi_consumer_ready(c);

	MODEL_CHECK(rc == NABD_OK, "joining: %d", rc);
}

static void send_all(void)
{
	world_send(&producer, 1, model_scene->messages, model_scene->tries, &sent[0]);
}

static void receive(void)
{
	world_receive(&reader, model_scene->tries, &received[0]);
}

static void check_one_reader(void)
{
	world_receive(&reader, model_scene->slots + 1, &received[0]);
	world_compare(&sent[0], &received[0]);
	MODEL_CHECK(received[0].count == sent[0].count, "%u sent, %u received", sent[0].count,
		    received[0].count);
}

/* --------------------------------------------------------------- ring: edges A, B */

static void set_up_ring(void)
{
	clear();
	begin(&producer, &hold[0]);
	join(&reader);
}

/* ----------------------------------------------------------------- first: edge C */

static void set_up_first(void)
{
	clear();
	begin(&producer, &hold[0]);
}

static void join_and_receive(void)
{
	join(&reader);
	receive();
}

static void set_up_sent(void)
{
	set_up_first();
	send_all();
}

/* ------------------------------------------------------------ takeover: edges D, F */

static void set_up_takeover(void)
{
	clear();
	join(&reader);
}

static void begin_and_send(void)
{
	if (begin(&producer, &hold[0]))
		send_all();
}

static void succeed_and_send(void)
{
	model_wait_for_lock(NABD_SHM_LOCK_PRODUCER);
	if (begin(&successor, &hold[1]))
		world_send(&successor, 2, 2, model_scene->tries, &sent[1]);
}

static void check_takeover(void)
{
	unsigned known = 0;

	world_receive(&reader, model_scene->slots + 1, &received[0]);
	world_compare(&sent[0], &received[0]);
	world_compare(&sent[1], &received[0]);
	known = sent[0].count + sent[1].count;
	/* A producer that died after the stamp sent a message that it never knew of. */
	MODEL_CHECK(received[0].count - known <= 1, "%u sent, %u received", known,
		    received[0].count);
}

/* ------------------------------------------------------- batch: edges A, B, D and F */

#define BATCH 2u

static void send_batches_of(struct nabdi_producer *p, unsigned sender, struct world_log *log)
{
	static const uint32_t lens[BATCH] = {sizeof(uint64_t), sizeof(uint64_t)};
	uint64_t value[BATCH];
	size_t n = 0;

	for (unsigned i = 0; i < model_scene->tries; i++) {
		for (unsigned k = 0; k < BATCH; k++)
			value[k] = world_message(sender, p->head + k);
		int rc = nabdi_producer_push_batch(p, value, lens, BATCH, &n);

		MODEL_CHECK(rc == NABD_OK || rc == NABD_FULL, "push_batch answers %d", rc);
		for (size_t k = 0; rc == NABD_OK && k < n; k++)
			world_log_add(log, value[k]);
	}
}

static void send_batches(void)
{
	send_batches_of(&producer, 1, &sent[0]);
}

static void begin_and_send_batches(void)
{
	if (begin(&producer, &hold[0]))
		send_batches();
}

static void succeed_and_send_batches(void)
{
	model_wait_for_lock(NABD_SHM_LOCK_PRODUCER);
	if (begin(&successor, &hold[1]))
		send_batches_of(&successor, 2, &sent[1]);
}

static void receive_batches(void)
{
	uint64_t value[BATCH];
	uint32_t lens[BATCH];
	size_t n = 0;

	for (unsigned i = 0; i < model_scene->tries; i++) {
		int rc = nabdi_consumer_pop_batch(&reader, value, sizeof(value), lens, BATCH, &n);

		MODEL_CHECK(rc == NABD_OK || rc == NABD_EMPTY, "pop_batch answers %d", rc);
		for (size_t k = 0; rc == NABD_OK && k < n; k++) {
			MODEL_CHECK(lens[k] == sizeof(value[k]), "a message of %u bytes", lens[k]);
			MODEL_CHECK((value[k] & ~(UINT64_C(15) << 32)) ==
					    world_message(0, reader.position - n + k),
				    "message %ju reads as %#jx",
				    (uintmax_t)(reader.position - n + k), (uintmax_t)value[k]);
			world_log_add(&received[0], value[k]);
		}
	}
}

/* Those of a batch that its writer published before it died it never knew of. */
static void check_batch_takeover(void)
{
	unsigned known;

	world_receive(&reader, model_scene->slots + 1, &received[0]);
	world_compare(&sent[0], &received[0]);
	world_compare(&sent[1], &received[0]);
	known = sent[0].count + sent[1].count;
	MODEL_CHECK(received[0].count - known <= BATCH, "%u sent, %u received", known,
		    received[0].count);
}

/* ----------------------------------------- look-twice: an onlooker is never told less */

static void look_twice(void)
{
	uint64_t head = 0, position = 0;

	for (unsigned i = 0; i < 2; i++) {
		const struct nabdi_view view = nabdi_look_view(&model_segment);

		MODEL_CHECK(view.head >= head, "head went back, %ju to %ju", (uintmax_t)head,
			    (uintmax_t)view.head);
		MODEL_CHECK(view.position >= position, "the position went back, %ju to %ju",
			    (uintmax_t)position, (uintmax_t)view.position);
		head = view.head;
		position = view.position;
	}
}

#define SCENE(name_, what_, set_up_, check_, ...) \
	.name = (name_), .what = (what_), .set_up = (set_up_), .check = (check_), \
	.body = {__VA_ARGS__}

const struct model_scene model_scenes_ring[] = {
	{SCENE("ring-small", "producer and reader, one message", set_up_ring, check_one_reader,
	       send_all, receive), .slots = 2, .messages = 1, .tries = 2, .compare = true},
	{SCENE("ring", "producer and reader", set_up_ring, check_one_reader,
	       send_all, receive), .slots = 2, .messages = 4, .tries = 5},
	{SCENE("first", "the first group joins a running producer", set_up_first,
	       check_one_reader, send_all, join_and_receive), .slots = 2, .messages = 3, .tries = 3},
	{SCENE("takeover", "the producer dies anywhere, another takes over", set_up_takeover,
	       check_takeover, begin_and_send, receive, succeed_and_send),
	       .slots = 2, .messages = 2, .tries = 3, .mortal = 1u << 1},
	{SCENE("takeover-small", "with one message each", set_up_takeover,
	       check_takeover, begin_and_send, succeed_and_send),
	       .slots = 2, .messages = 1, .tries = 1, .mortal = 1u << 1, .compare = true},
	{SCENE("batch", "producer and reader, two messages at once", set_up_ring,
	       check_one_reader, send_batches, receive_batches), .slots = 4, .tries = 3},
	{SCENE("batch-takeover", "the producer dies within a batch, another takes over",
	       set_up_takeover, check_batch_takeover, begin_and_send_batches, receive_batches,
	       succeed_and_send_batches), .slots = 4, .tries = 1, .mortal = 1u << 1},
	{SCENE("look-twice", "an onlooker is never told less than before", set_up_ring,
	       check_one_reader, send_all, receive, look_twice),
	       .slots = 1, .messages = 2, .tries = 2},
	{SCENE("look-first", "nor while the first group joins", set_up_sent,
	       check_one_reader, join_and_receive, look_twice),
	       .slots = 2, .messages = 2, .tries = 2},
	{.name = NULL},
};
