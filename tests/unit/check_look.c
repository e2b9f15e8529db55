/* SPDX-License-Identifier: MIT */
/* What an onlooker is told: true numbers where they are true, possible ones always. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "look.h"
#include "ring.h"
#include "role.h"
#include "unit.h"

#define SLOTS 8u

static struct nabdi_segment q;
static struct nabd_shm_producer *producer;
static struct nabd_shm_consumers *consumers;

static void set_up(void)
{
	q = unit_queue("q", SLOTS, 100);
	producer = nabdi_segment_producer(&q);
	consumers = nabdi_segment_consumers(&q);
}

static void tear_down(void)
{
	(void)fault_met();
	unit_leave(&q);
}

static void set_words(uint64_t tail, uint64_t head, uint64_t roster, uint64_t position)
{
	cell_store_relaxed(&producer->tail, tail);
	cell_store_relaxed(&producer->head, head);
	cell_store_relaxed(&consumers->roster, roster);
	cell_store_relaxed(&consumers->group[0].position, position);
}

static void sees(uint64_t tail, uint64_t position, uint64_t head)
{
	struct nabdi_view view = nabdi_look_view(&q);

	ck_assert_uint_eq(view.tail, tail);
	ck_assert_uint_eq(view.position, position);
	ck_assert_uint_eq(view.head, head);
}

#define HOLDS NABD_SHM_HOLDS(0)
#define BOTH  (NABD_SHM_HOLDS(0) | NABD_SHM_SETTLED(0))

START_TEST(views)
{
	sees(0, 0, 0);
	/* Nobody came yet: the first will begin at tail. */
	set_words(0, 5, 0, 99);
	sees(0, 0, 5);
	/* The tail that was last computed is older than the position. */
	set_words(2, 9, BOTH, 6);
	sees(6, 6, 9);
	set_words(2, 9, BOTH, 9);
	sees(9, 9, 9);
	set_words(2, 10, BOTH, 2);
	sees(2, 2, 10);
	/* What it would have got next was overwritten: it goes on at tail. */
	set_words(4, 9, BOTH, 2);
	sees(4, 4, 9);
	/* Half joined: it holds what it has written down, and begins no lower. */
	set_words(2, 9, HOLDS, 4);
	sees(4, 4, 9);
	/* And whatever that is, nothing below the floor is held. */
	set_words(2, 9, HOLDS, 1);
	sees(2, 2, 9);
	/* Another group is there, and the default one is not: the same. */
	set_words(2, 9, NABD_SHM_HOLDS(3) | NABD_SHM_SETTLED(3), 0);
	cell_store_relaxed(&consumers->group[3].position, unit_position(3, 7));
	sees(7, 9, 9);
	/* But for one that has ended: it holds nothing, and the next to come is the first. */
	cell_store_relaxed(&consumers->group[3].position, NABD_SHM_DROPPED | 7);
	sees(2, 2, 9);
}
END_TEST

/* A producer died between stamps and head: the messages are there all the same. */
START_TEST(a_head_that_was_not_stored)
{
	struct nabd_inline_ring ring = nabdi_ring_of(q.base, &q.geometry);

	unit_begin_at(&q, 100);
	set_words(100, 100, BOTH, 100);
	sees(100, 100, 100);
	for (uint64_t s = 100; s < 100 + SLOTS; s++) {
		nabdi_ring_publish(nabdi_ring_payload(&ring, s), s, 1);
		sees(100, 100, s + 1);
	}
	/* No further than a lap above the floor, whatever the stamps say. */
	nabdi_ring_publish(nabdi_ring_payload(&ring, 108), 108, 1);
	sees(100, 100, 100); /* the first of them is gone */
	set_words(100, 101, BOTH, 101);
	sees(101, 101, 108);
}
END_TEST

static nabd_cell64 stop;

static void *moves_head(void *unused)
{
	for (uint64_t i = 0; cell_load_relaxed(&stop) == 0; i++)
		cell_store_release(&producer->head, 100 + i % 2);
	return unused;
}

/* One that moves while it is looked at is not chased, and never beyond what is there. */
START_TEST(a_head_that_moves)
{
	struct nabd_inline_ring ring = nabdi_ring_of(q.base, &q.geometry);
	pthread_t thread;
	int wrong = 0;

	unit_begin_at(&q, 100);
	set_words(100, 100, BOTH, 100);
	for (uint64_t s = 100; s < 100 + SLOTS - 2; s++)
		nabdi_ring_publish(nabdi_ring_payload(&ring, s), s, 1);
	cell_store_relaxed(&stop, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, moves_head, NULL), 0);
	for (int i = 0; i < 20000; i++) {
		struct nabdi_view view = nabdi_look_view(&q);

		if (view.head < 100 || view.head > 100 + SLOTS - 2)
			wrong++;
	}
	cell_store_relaxed(&stop, 1);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(possible_numbers_always)
{
	/* A position above a head that was read, or stored, too early. */
	set_words(2, 9, BOTH, 12);
	sees(9, 9, 9);
	set_words(12, 9, 0, 0);
	sees(9, 9, 9);
	/* And what can't be. */
	set_words(2, 100, BOTH, 91);
	sees(92, 92, 100);
	set_words(2, 100, BOTH, 0);
	sees(92, 92, 100);
	set_words(2, 100, 0, 0);
	sees(92, 92, 100);
	set_words(0, 5, BOTH, (uint64_t)-15);
	sees(0, 0, 5);
	set_words(0, UINT64_MAX, BOTH, 0);
	sees(UINT64_MAX, UINT64_MAX, UINT64_MAX);
	set_words(0, 3, BOTH, UINT64_MAX); /* four below 3, as the numbers wrap */
	sees(0, 0, 3);
}
END_TEST

START_TEST(any_words_whatever)
{
	uint64_t state = 3;

	for (int i = 0; i < 20000; i++) {
		struct nabdi_view view;

		set_words(unit_random(&state), unit_random(&state), unit_random(&state),
			  unit_random(&state));
		for (unsigned g = 1; g < NABD_SHM_GROUPS; g++)
			cell_store_relaxed(&consumers->group[g].position, unit_random(&state));
		view = nabdi_look_view(&q);
		ck_assert_uint_le(view.head - view.tail, SLOTS);
		ck_assert_uint_le(view.head - view.position, SLOTS);
		ck_assert_uint_ge(view.head - view.tail, view.head - view.position);
	}
}
END_TEST

static struct nabd_stats stats(void)
{
	struct nabd_stats s;

	memset(&s, 0xff, sizeof(s));
	is(NABD_OK, nabdi_look_stats(&q, &s));
	return s;
}

START_TEST(all_the_numbers)
{
	struct nabd_stats s;

	set_words(3, 11, BOTH, 5);
	cell_store_relaxed(&producer->bytes, 1234);
	cell_store_relaxed(&producer->full_count, 6);
	cell_store_relaxed(&producer->epoch, 7);
	s = stats();
	ck_assert_uint_eq(s.slots, SLOTS);
	ck_assert_uint_eq(s.slot_size, 100);
	ck_assert_uint_eq(s.stride, 112);
	ck_assert_uint_eq(s.align, 8);
	ck_assert_uint_eq(s.head, 11);
	ck_assert_uint_eq(s.tail, 5);
	ck_assert_uint_eq(s.position, 5);
	ck_assert_uint_eq(s.bytes, 1234);
	ck_assert_uint_eq(s.full_count, 6);
	ck_assert_uint_eq(s.producer_epoch, 7);
	ck_assert_uint_eq(s.created_ns, q.created_ns);
	ck_assert_mem_eq(s.incarnation, q.incarnation, 16);
	ck_assert_uint_eq(s.state, NABD_STATE_GROUP0);
}
END_TEST

START_TEST(states)
{
	struct nabdi_os_hold sends, reads;

	ck_assert_uint_eq(stats().state, 0);
	is(NABD_OK, nabdi_role_enter(&q, true, &sends));
	ck_assert_uint_eq(stats().state, NABD_STATE_PRODUCER);
	is(NABD_OK, nabdi_role_group(&q, 0, &reads));
	ck_assert_uint_eq(stats().state, NABD_STATE_PRODUCER | NABD_STATE_CONSUMER);
	nabdi_role_leave(&sends, false);
	ck_assert_uint_eq(stats().state, NABD_STATE_CONSUMER);
	nabdi_role_leave(&reads, false);
	is(NABD_OK, nabdi_role_group(&q, 1, &reads)); /* not the default group */
	ck_assert_uint_eq(stats().state, 0);
	nabdi_role_leave(&reads, false);
	ck_assert_int_eq(unlink(unit_path("q")), 0);
	ck_assert_uint_eq(stats().state, NABD_STATE_UNLINKED);
}
END_TEST

START_TEST(a_kernel_that_does_not_say)
{
	static const struct {
		const char *call;
		unsigned nth;
	} t[] = {{"fcntl", 1}, {"fcntl", 2}, {"fstat", 1}, {"fstat", 2}};
	struct nabd_stats s;

	for (unsigned i = 0; i < COUNT(t); i++) {
		fault_arm(t[i].call, t[i].nth, EIO);
		is(NABD_SYSTEM, nabdi_look_stats(&q, &s));
		ck_assert_int_eq(errno, EIO);
		ck_assert(fault_met());
	}
}
END_TEST

/* The program has closed our descriptor and opened a file of its own in its place. */
START_TEST(another_file_in_its_place)
{
	struct nabd_stats s;
	int other = open("/dev/null", O_RDONLY);

	ck_assert_int_ge(other, 0);
	ck_assert_int_eq(dup2(other, q.fd), q.fd);
	errno = 0;
	is(NABD_SYSTEM, nabdi_look_stats(&q, &s));
	ck_assert_int_eq(errno, EBADF);
	other = q.fd;
	unit_leave(&q);
	ck_assert_int_ge(fcntl(other, F_GETFD), 0); /* and it was not closed */
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_look");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, views);
	tcase_add_test(tests, a_head_that_was_not_stored);
	tcase_add_test(tests, a_head_that_moves);
	tcase_add_test(tests, possible_numbers_always);
	tcase_add_test(tests, any_words_whatever);
	tcase_add_test(tests, all_the_numbers);
	tcase_add_test(tests, states);
	tcase_add_test(tests, a_kernel_that_does_not_say);
	tcase_add_test(tests, another_file_in_its_place);
	return unit_run(tests);
}
