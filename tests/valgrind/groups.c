/* SPDX-License-Identifier: MIT */
/*
 * One handle, one thread that sends, several that receive in groups, and one that looks
 * on and removes groups. As in threads.c it is for the race detectors, which see what
 * members do to each other and to the producer: compete, give back, leave and come with
 * something in their hands, move their group, learn its end. What they read in place is
 * ordered in all of that; only where a group may end, or a queue be overwritten, a
 * reader comes too late on purpose, and there it reads nothing in place.
 *
 * NABD_THREADS_MESSAGES says how many messages a scene has, the argument which scene.
 */
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "groups.h"

static const struct scene scenes[] = {
	{
		.name = "share",
		.slots = 8,
		.part = {{1, HAND_NACKS}, {1, HAND_NACKS}, {1, 0}, {2, HAND_NACKS}, {0, 0}},
		.parts = 5,
	},
	{
		.name = "tight", /* the producer looks at the groups for each slot */
		.slots = 2,
		.part = {{1, HAND_NACKS}, {1, 0}, {2, 0}, {3, 0}},
		.parts = 4,
	},
	{
		.name = "come and go",
		.slots = 16,
		.part = {{1, HAND_LEAVES | HAND_NACKS}, {1, HAND_LEAVES}, {1, 0}},
		.parts = 3,
	},
	{
		.name = "inherit", /* and those who do not come again */
		.slots = 4,
		.part = {{1, HAND_ENDS}, {1, HAND_ENDS}, {1, HAND_ENDS}, {1, HAND_ENDS}, {1, 0}},
		.parts = 5,
	},
	{
		.name = "ends",
		.slots = 8,
		.drops = true,
		.part = {{1, 0}, {1, HAND_LEAVES}, {2, HAND_BLIND}, {2, HAND_BLIND}},
		.parts = 4,
	},
	{
		.name = "seek",
		.slots = 16,
		.part = {{1, 0}, {2, HAND_SEEKS}, {2, HAND_SEEKS}, {2, HAND_NACKS | HAND_SEEKS}},
		.parts = 4,
	},
	{
		.name = "overwrite",
		.slots = 8,
		.flags = NABD_OVERWRITE,
		.over = OVER_GIVEN,
		.part = {{1, HAND_COPIES}, {1, HAND_COPIES}, {2, HAND_COPIES}, {0, HAND_COPIES}},
		.parts = 4,
	},
};

static struct hand hands[HANDS];
static nabd_t *queue;
static uint64_t messages;

static int push_batch(uint64_t *sequence, uint64_t n)
{
	uint8_t data[BATCH * SIZE];
	uint32_t lens[BATCH];
	size_t at = 0, sent;
	int rc;

	if (n > messages - *sequence)
		n = messages - *sequence;
	for (size_t i = 0; i < n; i++) {
		lens[i] = message_fill(data + at, *sequence + i);
		at += lens[i];
	}
	rc = nabd_push_batch(queue, data, lens, (size_t)n, &sent);
	*sequence += sent;
	return rc;
}

static int push(uint64_t *sequence)
{
	uint8_t data[SIZE];
	int rc = nabd_push(queue, data, message_fill(data, *sequence));

	*sequence += rc == NABD_OK;
	return rc;
}

static int reserve(uint64_t *sequence)
{
	void *slot;
	int rc = nabd_reserve(queue, SIZE, &slot);

	if (rc == NABD_OK)
		rc = nabd_commit(queue, message_fill(slot, *sequence));
	*sequence += rc == NABD_OK;
	return rc;
}

/* A slot that is had and not used is written by the next call. */
static int reserve_nothing(void)
{
	void *slots[2];
	size_t got;
	int rc = nabd_reserve_batch(queue, SIZE, slots, 2, &got);

	return rc == NABD_OK ? nabd_abort(queue) : rc;
}

static int send_some(uint64_t *sequence, uint64_t chance, bool in_place)
{
	if (chance / 4 % 4 == 0) {
		int rc = reserve_nothing();

		if (rc != NABD_OK)
			return rc;
	}
	if (chance % 4 == 0)
		return push_batch(sequence, 1 + chance / 256 % BATCH);
	return in_place && chance % 4 == 1 ? reserve(sequence) : push(sequence);
}

static void *sends(void *scene)
{
	/* In place it would be written beside readers. */
	const bool in_place = (((const struct scene *)scene)->flags & NABD_OVERWRITE) == 0;

	for (uint64_t sequence = 0, i = 0; sequence < messages; i++) {
		int rc = send_some(&sequence, mix(i), in_place);

		if (rc == NABD_FULL || (!in_place && i % 4 == 0))
			(void)sched_yield();
		if (rc != NABD_OK && rc != NABD_FULL)
			fail("sending", sequence, rc);
	}
	return NULL;
}

/* Any thread may look, at any time. */
static void look(void)
{
	struct nabd_stats stats = {.size = sizeof(stats)};
	uint64_t tail;
	int rc = nabd_stats(queue, &stats);

	if (rc != NABD_OK || nabd_min_tail(queue, &tail) != NABD_OK || tail > messages ||
	    nabd_empty(queue) < 0 || nabd_full(queue) < 0 || nabd_fill_level(queue) < 0)
		fail("looking", 0, rc);
	for (unsigned g = 0; g <= NABD_MAX_GROUPS; g++) {
		struct nabd_group_info group = {.size = sizeof(group)};

		rc = nabd_group_look(queue, g, &group);
		if (rc != NABD_OK && rc != NABD_NOTFOUND)
			fail("nabd_group_look", g, rc);
		for (unsigned m = 0; rc == NABD_OK && g > 0 && m < NABD_MAX_MEMBERS; m++) {
			struct nabd_member_info member = {.size = sizeof(member)};
			int found = nabd_member_look(queue, g, m, &member);

			if (found != NABD_OK && found != NABD_NOTFOUND)
				fail("nabd_member_look", g, found);
		}
	}
}

/*
 * Until the first group is done, which the library is asked: a flag of ours, or a join
 * that is tried, would be an order that hides a missing one or that helgrind can't see.
 */
static void look_on(const struct scene *scene)
{
	while (!scene_is_over(scene, queue, 1, messages)) {
		look();
		if (scene->drops) {
			int rc = nabd_group_drop(queue, 2);

			if (rc != NABD_OK && rc != NABD_NOTFOUND)
				fail("nabd_group_drop", 2, rc);
		}
		(void)usleep(500);
	}
	for (unsigned i = 0; i < scene->parts; i++)
		(void)pthread_join(hands[i].thread, NULL);
}

/* Of one group: how often each message was released; what was lost, where that may be. */
static void account(const struct scene *scene, unsigned group)
{
	uint64_t received = 0, lost = 0;

	for (unsigned i = 0; i < scene->parts; i++)
		if (hands[i].part.group == group)
			lost += hands[i].lost;
	for (uint64_t s = 0; s < messages; s++) {
		unsigned done = 0;

		for (unsigned i = 0; i < scene->parts; i++)
			if (hands[i].part.group == group)
				done += hands[i].done[s];
		received += done;
		if (done > 1 || (done == 0 && !(scene->flags & NABD_OVERWRITE)))
			fail(done == 0 ? "never received" : "received twice", s, 1);
	}
	if (received + lost != messages) {
		fprintf(stderr, "%s, group %u: %llu received, %llu lost\n", scene->name, group,
			(unsigned long long)received, (unsigned long long)lost);
		fail("sum of received and lost", messages, 1);
	}
}

static void begin(const struct scene *scene)
{
	const unsigned flags = NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER;
	char name[64];
	int rc;

	(void)snprintf(name, sizeof(name), "nabd-groups-%ld", (long)getpid());
	rc = nabd_open_opts(name, scene->slots, SIZE, flags | scene->flags, NULL, &queue);
	if (rc != NABD_OK || nabd_unlink(name) != NABD_OK)
		fail("nabd_open_opts", 0, rc);
	for (unsigned i = 0; i < scene->parts; i++) {
		hands[i] = (struct hand){.scene = scene, .part = scene->part[i], .queue = queue,
					 .messages = messages, .chance = i * UINT64_C(1000000)};
		hands[i].done = calloc((size_t)messages, 1);
		if (hands[i].done == NULL)
			fail("calloc", 0, 1);
		hand_begin(&hands[i]);
	}
}

static void end(const struct scene *scene)
{
	uint64_t ended = 0;

	for (unsigned i = 0; i < scene->parts; i++) {
		hand_end(&hands[i]);
		ended += hands[i].ended;
	}
	for (unsigned i = 0; i < scene->parts; i++)
		if ((hands[i].part.ways & (HAND_BLIND | HAND_SEEKS)) == 0)
			account(scene, hands[i].part.group);
	if (scene->drops && ended == 0)
		fail("no group was ended", 0, 1);
	for (unsigned i = 0; i < scene->parts; i++)
		free(hands[i].done);
	if (nabd_close(queue) != NABD_OK)
		fail("nabd_close", 0, 1);
}

static void play(const struct scene *scene)
{
	pthread_t sender = 0;

	begin(scene);
	for (unsigned i = 0; i < scene->parts; i++)
		if (pthread_create(&hands[i].thread, NULL, hand_works, &hands[i]) != 0)
			fail("pthread_create", 0, 1);
	if (pthread_create(&sender, NULL, sends, (void *)(uintptr_t)scene) != 0)
		fail("pthread_create", 0, 1);
	look_on(scene);
	(void)pthread_join(sender, NULL);
	end(scene);
	printf("%s: as it should be\n", scene->name);
}

int main(int argc, char **argv)
{
	unsigned played = 0;

	(void)alarm(600); /* a message that is lost would never be received */
	messages = messages_wanted(10000);
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		if (argc > 1 && strcmp(argv[1], scenes[i].name) != 0)
			continue;
		play(&scenes[i]);
		played++;
	}
	return played > 0 ? 0 : 1;
}
