/* SPDX-License-Identifier: MIT */
/*
 * check_scribble.c - somebody scribbles all over a queue that is in use. Every
 * call returns, with a documented answer, and nothing outside of the slots is
 * read or written.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "calls.h"
#include "raw.h"

#define BOTH (NABD_PRODUCER | NABD_CONSUMER)

/* What a call may answer at all when the memory holds anything. */
static void answers_sanely(nabd_t *q)
{
	struct nabd_stats stats;

	for (size_t i = 0; i < CALLS; i++) {
		int code, sane = 0;

		/* One looks at the kernel's words, not at the queue's, and is slow. */
		if (calls[i].side == CLOSE || strcmp(calls[i].name, "nabd_memory_get") == 0)
			continue;
		code = calls[i].run(q);
		if (calls[i].side == SEND)
			sane = code == NABD_OK || code == NABD_FULL || code == NABD_STATE ||
			       code == NABD_TOOBIG; /* a batch got fewer slots than it sends */
		else if (calls[i].side == RECEIVE)
			sane = code == NABD_OK || code == NABD_EMPTY || code == NABD_STATE ||
			       code == NABD_CORRUPT;
		else
			sane = code >= 0 && code <= 100;
		if (!sane && code != NABD_ROLE) /* each assertion writes: too slow in here */
			ck_abort_msg("%s: %s", calls[i].name, code_name(code));
	}
	stats = stats_of(q);
	if (stats.slots != 4 || stats.head - stats.tail > 4 || stats.head - stats.position > 4)
		ck_abort_msg("%u slots, head %llu, tail %llu, position %llu", stats.slots,
			     (unsigned long long)stats.head, (unsigned long long)stats.tail,
			     (unsigned long long)stats.position);
}

/* Read every byte that a peek hands out. */
static void reads_within(nabd_t *q)
{
	static volatile unsigned char sum;
	struct nabd_msg msgs[8];
	size_t got = 0;

	nabd_release(q);
	if (nabd_peek_batch(q, msgs, 8, &got) != NABD_OK)
		return;
	ck_assert_uint_le(got, 4);
	for (size_t i = 0; i < got; i++) {
		if (msgs[i].len > 64)
			ck_abort_msg("a message of %u bytes", msgs[i].len);
		for (uint32_t at = 0; at < msgs[i].len; at++)
			sum = (unsigned char)(sum + ((const unsigned char *)msgs[i].data)[at]);
	}
	nabd_release_batch(q, got);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Each word behind the identity, one at a time, with kinds of garbage in turn. */
START_TEST(any_damaged_word_is_survived)
{
	nabd_t *q = small_queue(), *observer = open_ok("q", 0, 0, NABD_OBSERVE);
	uint64_t state = 88172645463325252u;

	is(NABD_OK, push_text(q, "one"));
	map_raw();
	for (size_t at = sizeof(producer->identity); at + 8 <= raw_len; at += 8) {
		for (size_t i = at / 8 % 3; i <= COUNT(garbage); i += 3) {
			volatile uint64_t *target = word(raw + at);
			uint64_t before = *target;
			nabd_t *fresh = NULL;

			*target = i < COUNT(garbage) ? garbage[i] : next_random(&state);
			answers_sanely(q);
			reads_within(q);
			answers_sanely(observer);
			if (nabd_open_opts("q", 0, 0, NABD_CONSUMER, NULL, &fresh) == NABD_OK)
				close_ok(fresh);
			*target = before;
		}
	}
	close_ok(observer);
	close_ok(q);
}
END_TEST

/* Random words all over, for each fresh pair of handles. */
START_TEST(a_queue_full_of_garbage_is_survived)
{
	uint64_t state = 2463534242u;
	nabd_t *q = small_queue();

	close_ok(q);
	map_raw();
	for (int round = 0; round < 1000; round++) {
		int code;

		for (size_t at = sizeof(producer->identity); at + 8 <= raw_len; at += 8) {
			uint64_t random = next_random(&state);

			/* Plausible ones among them, or all would be refused at once. */
			*word(raw + at) = round % 3 == 0 ? random :
					  round % 3 == 1 ? random % 9 :
					  stamp_value(random % 9, (uint32_t)(random >> 40) % 80);
		}
		code = nabd_open_opts("q", 0, 0, round % 2 ? BOTH : NABD_CONSUMER, NULL, &q);
		if (code != NABD_OK) {
			is(NABD_CORRUPT, code);
			continue;
		}
		for (int i = 0; i < 6; i++) {
			answers_sanely(q);
			reads_within(q);
		}
		close_ok(q);
	}
}
END_TEST

/* Scribbles as fast as it can until it is killed; not into the identity. */
static void scribble(void)
{
	uint64_t state = 88172645463325252u;
	size_t from = sizeof(producer->identity) / 8, words = raw_len / 8 - from;

	for (;;) {
		uint64_t random = next_random(&state);
		size_t at = from + (size_t)(random >> 32) % words;

		if (random % 4 == 0)
			at = (size_t)(stamp(random >> 60) - (volatile uint64_t *)(void *)raw);
		*word(raw + at * 8) = random % 3 ? stamp_value(random % 64, (uint32_t)random % 70)
						 : next_random(&state);
	}
}

START_TEST(a_peer_that_scribbles_all_the_time_is_survived)
{
	nabd_t *q = small_queue();
	int status;
	pid_t pid;

	map_raw();
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
		scribble();
	}
	for (int round = 0; round < 8000; round++) {
		answers_sanely(q);
		reads_within(q);
		if (round % 100 != 0)
			continue;
		close_ok(q);
		while (nabd_open_opts("q", 0, 0, BOTH, NULL, &q) != NABD_OK)
			*word(&producer->head) = *word(&producer->tail) = 0;
	}
	close_ok(q);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_scribble");

	tcase_add_test(tests, any_damaged_word_is_survived);
	tcase_add_test(tests, a_queue_full_of_garbage_is_survived);
	tcase_add_test(tests, a_peer_that_scribbles_all_the_time_is_survived);
	return behaviour_run();
}
