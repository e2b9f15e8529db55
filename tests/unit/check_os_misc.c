/* SPDX-License-Identifier: MIT */
/* User, clock, randomness, the default folder, memory for handles. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "unit.h"

START_TEST(user_and_clock)
{
	uint64_t before = (uint64_t)time(NULL), now;

	ck_assert_uint_eq(nabdi_os_user(), geteuid());
	now = nabdi_os_realtime_ns() / 1000000000;
	/* time() may be a tick behind the clock. */
	ck_assert_uint_ge(now, before - 1);
	ck_assert_uint_le(now, (uint64_t)time(NULL) + 1);
}
END_TEST

START_TEST(randomness)
{
	uint8_t a[64] = {0}, b[64] = {0}, guard[8] = {0};

	is(NABD_OK, nabdi_os_random(a, sizeof(a)));
	fault_short_reads(5);
	fault_arm("getrandom", 3, EINTR);
	is(NABD_OK, nabdi_os_random(b, sizeof(b) - 1));
	ck_assert(fault_met());
	ck_assert_uint_eq(b[63], 0);
	ck_assert_mem_ne(a, b, sizeof(a));
	for (size_t at = 0; at < 56; at += 8)
		ck_assert_mem_ne(b + at, guard, 8); /* each part of it was written */
	fault_short_reads(0);
	fault_arm("getrandom", 1, ENOSYS);
	is(NABD_SYSTEM, nabdi_os_random(a, sizeof(a)));
	ck_assert_int_eq(errno, ENOSYS);
	is(NABD_OK, nabdi_os_random(NULL, 0));
}
END_TEST

/* Who finds a lock taken tries again, but not for ever. */
START_TEST(patience)
{
	unsigned tries = 0, again = 0;

	while (again <= NABDI_OS_LOCK_TRIES && nabdi_os_lock_again(&tries))
		again++;
	ck_assert_uint_eq(again, NABDI_OS_LOCK_TRIES);
	ck_assert(!nabdi_os_lock_again(&tries));
}
END_TEST

START_TEST(the_default_folder)
{
	ck_assert_str_eq(nabdi_os_default_dir(), unit_dir());
	ck_assert_int_eq(setenv("NABD_DIR", "", 1), 0);
	ck_assert_str_eq(nabdi_os_default_dir(), "/dev/shm");
	ck_assert_int_eq(unsetenv("NABD_DIR"), 0);
	ck_assert_str_eq(nabdi_os_default_dir(), "/dev/shm");
	ck_assert_int_eq(setenv("NABD_DIR", unit_dir(), 1), 0);
}
END_TEST

START_TEST(memory)
{
	static const uint8_t zero[1000];

	for (size_t align = sizeof(void *); align <= 4096; align *= 2) {
		void *p = nabdi_os_alloc(sizeof(zero), align);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % align, 0);
		ck_assert_mem_eq(p, zero, sizeof(zero));
		memset(p, 0xff, sizeof(zero)); /* the next one is to be zero again */
		nabdi_os_free(p);
	}
	nabdi_os_free(NULL);
	fault_arm("posix_memalign", 1, ENOMEM);
	ck_assert_ptr_null(nabdi_os_alloc(1, 64));
	ck_assert(fault_met());
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_os_misc");

	tcase_add_test(tests, user_and_clock);
	tcase_add_test(tests, randomness);
	tcase_add_test(tests, patience);
	tcase_add_test(tests, the_default_folder);
	tcase_add_test(tests, memory);
	return unit_run(tests);
}
