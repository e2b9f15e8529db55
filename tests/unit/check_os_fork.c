/* SPDX-License-Identifier: MIT */
/* The word that tells a forked child from its parent, also where the kernel does not help. */
#include <errno.h>
#include <pthread.h>

#include "faults.h"
#include "unit.h"

static const nabd_cell32 *word;
static uint32_t generation;

static bool mine(void)
{
	return cell32_load_relaxed(word) == generation;
}

static void take(void)
{
	is(NABD_OK, nabdi_os_fork_word(&word, &generation));
	ck_assert_uint_ne(generation, 0);
	ck_assert(mine());
}

static int grandchild(void)
{
	return mine() ? 1 : 0;
}

static int child(void)
{
	const nabd_cell32 *parents = word;
	uint32_t of_parent = generation;

	if (mine())
		return 1;
	unit_join(unit_fork(grandchild));
	/* A handle of its own does not make its parent's one valid. */
	take();
	if (cell32_load_relaxed(parents) == of_parent || generation == of_parent)
		return 2;
	unit_join(unit_fork(grandchild));
	return mine() ? 0 : 3;
}

static int family(void)
{
	take();
	unit_join(unit_fork(child));
	unit_join(unit_fork(child));
	ck_assert(mine());
	return 0;
}

/* Set up once a process, when it works: hence each of these in one of its own. */
static int family_without_wiping(void)
{
	fault_arm("madvise", 1, EINVAL);
	is(NABD_OK, nabdi_os_fork_ready());
	ck_assert(fault_met());
	return family();
}

static int without_a_page(void)
{
	fault_arm("mmap", 1, ENOMEM);
	is(NABD_NOMEM, nabdi_os_fork_ready());
	ck_assert(fault_met());
	ck_assert_int_eq(errno, ENOMEM);
	is(NABD_OK, nabdi_os_fork_word(&word, &generation)); /* the lack has passed */
	return 0;
}

static int without_handlers(void)
{
	fault_arm("pthread_atfork", 1, ENOMEM);
	is(NABD_NOMEM, nabdi_os_fork_word(&word, &generation));
	ck_assert(fault_met());
	is(NABD_OK, nabdi_os_fork_ready());
	return 0;
}

START_TEST(wiped_by_the_kernel)
{
	unit_join(unit_fork(family));
}
END_TEST

START_TEST(wiped_by_hand)
{
	unit_join(unit_fork(family_without_wiping));
}
END_TEST

START_TEST(no_memory)
{
	unit_join(unit_fork(without_a_page));
	unit_join(unit_fork(without_handlers));
}
END_TEST

START_TEST(the_same_for_all_handles)
{
	const nabd_cell32 *first;
	uint32_t first_generation;

	take();
	first = word;
	first_generation = generation;
	take();
	ck_assert_ptr_eq(word, first);
	ck_assert_uint_eq(generation, first_generation);
}
END_TEST

/* In between, a thread can't be cancelled, and then as before. */
START_TEST(cancellation)
{
	static const int states[] = {PTHREAD_CANCEL_DISABLE, PTHREAD_CANCEL_ENABLE};
	int state;

	for (unsigned i = 0; i < COUNT(states); i++) {
		ck_assert_int_eq(pthread_setcancelstate(states[i], &state), 0);
		nabdi_os_fork_hold_off();
		ck_assert_int_eq(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state), 0);
		ck_assert_int_eq(state, PTHREAD_CANCEL_DISABLE);
		nabdi_os_fork_go_on();
		ck_assert_int_eq(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state), 0);
		ck_assert_int_eq(state, states[i]);
	}
}
END_TEST

START_TEST(a_list_of_holds)
{
	struct nabdi_os_hold h[4];

	take();
	nabdi_os_fork_hold_off();
	for (unsigned i = 0; i < COUNT(h); i++)
		nabdi_os_fork_watch(&h[i]);
	nabdi_os_fork_unwatch(&h[3]); /* first, middle, last, and one that is not there */
	nabdi_os_fork_unwatch(&h[1]);
	nabdi_os_fork_unwatch(&h[1]);
	nabdi_os_fork_unwatch(&h[0]);
	nabdi_os_fork_unwatch(&h[2]);
	nabdi_os_fork_go_on();
	unit_join(unit_fork(grandchild));
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_os_fork");

	tcase_add_test(tests, wiped_by_the_kernel);
	tcase_add_test(tests, wiped_by_hand);
	tcase_add_test(tests, no_memory);
	tcase_add_test(tests, the_same_for_all_handles);
	tcase_add_test(tests, cancellation);
	tcase_add_test(tests, a_list_of_holds);
	return unit_run(tests);
}
