/* SPDX-License-Identifier: MIT */
/* Roles: who excludes whom, who may be there beside others, what the kernel says of it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "role.h"
#include "unit.h"

static struct nabdi_segment q;

static void set_up(void)
{
	q = unit_queue("q", 4, 16);
}

static void tear_down(void)
{
	(void)fault_met();
	unit_leave(&q);
}

static bool producer(void)
{
	bool alive;

	is(NABD_OK, nabdi_role_producer_alive(&q, &alive));
	return alive;
}

static bool reader(void)
{
	bool alive;

	is(NABD_OK, nabdi_role_reader_alive(&q, &alive));
	return alive;
}

static bool locked(uint64_t byte)
{
	bool is_locked;

	is(NABD_OK, nabdi_os_locked(q.fd, byte, 1, &is_locked));
	return is_locked;
}

static bool attached(void)
{
	return locked(NABD_SHM_LOCK_ATTACHED);
}

START_TEST(one_producer)
{
	struct nabdi_os_hold a, b;

	ck_assert(!producer());
	is(NABD_OK, nabdi_role_enter(&q, true, &a));
	ck_assert(producer());
	is(NABD_BUSY, nabdi_role_enter(&q, true, &b));
	nabdi_role_leave(&b, false);
	ck_assert(producer());
	nabdi_role_leave(&a, false);
	ck_assert(!producer());
	is(NABD_OK, nabdi_role_enter(&q, true, &b));
	nabdi_role_leave(&b, false);
}
END_TEST

START_TEST(many_attached)
{
	struct nabdi_os_hold h[10];

	ck_assert(!attached());
	for (unsigned i = 0; i < COUNT(h); i++)
		is(NABD_OK, nabdi_role_enter(&q, i == 3, &h[i]));
	for (unsigned i = 0; i < COUNT(h); i++) {
		ck_assert(attached());
		ck_assert_int_eq(producer(), i <= 3);
		nabdi_role_leave(&h[i], false);
	}
	ck_assert(!attached());
}
END_TEST

/* The default group has it as long as it has a reader; the others for a moment. */
START_TEST(one_holder_of_a_group)
{
	struct nabdi_os_hold h[NABD_SHM_GROUPS], second;

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		ck_assert(!locked(NABD_SHM_LOCK_GROUP(g)));
		is(NABD_OK, nabdi_role_group(&q, g, &h[g]));
		ck_assert(locked(NABD_SHM_LOCK_GROUP(g)));
		ck_assert(reader());
		is(NABD_BUSY, nabdi_role_group(&q, g, &second));
	}
	ck_assert(!attached());
	ck_assert(!producer());
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		nabdi_role_leave(&h[g], false);
		ck_assert(!locked(NABD_SHM_LOCK_GROUP(g)));
		ck_assert(!reader()); /* that of the others is none */
	}
}
END_TEST

/* A role that was not got leaves nothing taken, not even for its part. */
START_TEST(failures)
{
	struct nabdi_os_hold h, other;
	unsigned files;

	is(NABD_OK, nabdi_role_enter(&q, true, &other));
	files = unit_open_files();
	is(NABD_BUSY, nabdi_role_enter(&q, true, &h));
	ck_assert_uint_eq(unit_open_files(), files);
	nabdi_role_leave(&other, false);
	ck_assert(!attached());
	files = unit_open_files();
	for (unsigned nth = 1; nth <= 2; nth++) {
		fault_arm("fcntl", nth, ENOLCK);
		is(NABD_SYSTEM, nabdi_role_enter(&q, true, &h));
		ck_assert_int_eq(errno, ENOLCK);
		ck_assert(fault_met());
		ck_assert(!attached());
		ck_assert(!producer());
	}
	fault_arm("open", 1, EMFILE);
	is(NABD_SYSTEM, nabdi_role_group(&q, 0, &h));
	ck_assert_int_eq(errno, EMFILE);
	fault_arm("fcntl", 1, EIO);
	is(NABD_SYSTEM, nabdi_role_producer_alive(&q, &(bool){false}));
	fault_arm("fcntl", 1, EIO);
	is(NABD_SYSTEM, nabdi_role_reader_alive(&q, &(bool){false}));
	ck_assert_uint_eq(unit_open_files(), files);
}
END_TEST

static int without_memory(void)
{
	struct nabdi_os_hold h = NABDI_OS_HOLD_NONE;

	fault_arm("mmap", 1, ENOMEM);
	is(NABD_NOMEM, nabdi_role_enter(&q, true, &h));
	ck_assert(fault_met());
	nabdi_role_leave(&h, false);
	ck_assert(!attached());
	is(NABD_OK, nabdi_role_enter(&q, true, &h));
	nabdi_role_leave(&h, false);
	return 0;
}

/* In a process that has not yet made what it needs to tell children apart. */
START_TEST(no_memory)
{
	unit_join(unit_fork(without_memory));
}
END_TEST

/* The program has closed our descriptor and opened a file of its own in its place. */
START_TEST(another_file_in_its_place)
{
	struct nabdi_os_hold h;
	int other = open("/dev/shm", O_RDONLY), ours = dup(q.fd);

	memset(&h, 0xff, sizeof(h)); /* whatever was there is not ended */
	ck_assert_int_eq(dup2(other, q.fd), q.fd);
	is(NABD_SYSTEM, nabdi_role_enter(&q, true, &h));
	ck_assert_int_eq(errno, EBADF);
	is(NABD_SYSTEM, nabdi_role_group(&q, 0, &h));
	ck_assert_int_eq(dup2(ours, q.fd), q.fd);
	is(NABD_OK, nabdi_role_enter(&q, true, &h));
	nabdi_role_leave(&h, false);
	nabdi_os_close(other);
	nabdi_os_close(ours);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_role");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, no_memory); /* the first, for its process's sake */
	tcase_add_test(tests, one_producer);
	tcase_add_test(tests, many_attached);
	tcase_add_test(tests, one_holder_of_a_group);
	tcase_add_test(tests, failures);
	tcase_add_test(tests, another_file_in_its_place);
	return unit_run(tests);
}
