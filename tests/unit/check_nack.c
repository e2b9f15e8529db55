/* SPDX-License-Identifier: MIT */
/* Messages that a member gives back: they come again, here or elsewhere, and are counted. */
#include <errno.h>

#include "crew.h"

static struct nabdi_member a, b, crowd[NABD_SHM_MEMBERS];

START_TEST(given_back_comes_again_to_whoever_is_first)
{
	const struct nabd_shm_member *first;

	join(&a, GROUP);
	send(3);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	peeks(&a, 0, 1);
	first = a.own->shm;
	is(NABD_OK, nabdi_member_nack(&a));
	ck_assert_ptr_ne(a.own->shm, first);
	ck_assert_int_eq(a.state, MEMBER_IDLE);
	ck_assert_uint_eq(a.counts.nacked, 1);
	ck_assert_uint_eq(cell_load_relaxed(&group_of(GROUP)->members), 3);
	peeks(&a, 0, 2); /* nobody else came */
	ck_assert_ptr_eq(a.line, a.other);
	is(NABD_OK, nabdi_member_nack(&a)); /* of the line that was inherited */
	ck_assert_ptr_null(a.other);
	join(&b, GROUP);
	ck_assert_ptr_eq(b.own->shm, first);
	pops(&b, 0, 3);
	pops(&b, 1, 1);
	pops(&b, 2, 1);
	a.looked_ns = 0;
	is(NABD_EMPTY, nabdi_member_fetch(&a, 1));
	/* Of a batch all that was handed out. */
	send(3);
	is(NABD_OK, nabdi_member_fetch(&a, 3));
	nabdi_claim_hand_out(a.line, 2);
	a.state = MEMBER_BATCH;
	is(NABD_OK, nabdi_member_nack(&a));
	ck_assert_uint_eq(a.counts.nacked, 4);
	pops(&a, 3, 2);
	pops(&a, 4, 2);
	pops(&a, 5, 1);
}
END_TEST

START_TEST(given_back_without_a_free_line_it_comes_again_here)
{
	const struct nabd_shm_member *first;

	for (unsigned i = 0; i < NABD_SHM_MEMBERS; i++)
		join(&crowd[i], GROUP);
	is(NABD_BUSY, try_join(&a, GROUP));
	send(2);
	peeks(&crowd[3], 0, 1);
	first = crowd[3].own->shm;
	for (uint32_t n = 2; n < 5; n++) {
		is(NABD_OK, nabdi_member_nack(&crowd[3]));
		ck_assert_ptr_eq(crowd[3].own->shm, first);
		peeks(&crowd[3], 0, n);
	}
	ck_assert_uint_eq(crowd[3].counts.nacked, 3);
	is(NABD_OK, done(&crowd[3], 1));
	pops(&crowd[3], 1, 1);
}
END_TEST

START_TEST(a_kernel_that_gives_no_line)
{
	join(&a, GROUP);
	send(2);
	is(NABD_OK, nabdi_member_fetch(&a, 2));
	peeks(&a, 0, 1);
	fault_arm_from("fcntl", 1, ENOLCK);
	ck_assert_int_ne(nabdi_member_nack(&a), NABD_OK);
	ck_assert(fault_met());
	ck_assert_int_eq(a.state, MEMBER_PEEKED);
	ck_assert_uint_eq(a.counts.nacked, 0);
	line_says(a.own, 0, 2);
	is(NABD_OK, done(&a, 1));
	pops(&a, 1, 1);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_nack");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, given_back_comes_again_to_whoever_is_first);
	tcase_add_test(tests, given_back_without_a_free_line_it_comes_again_here);
	tcase_add_test(tests, a_kernel_that_gives_no_line);
	return unit_run(tests);
}
