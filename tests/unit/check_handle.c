/* SPDX-License-Identifier: MIT */
/* A handle: opened by attaching or creating, checked by every call, closed without a trace. */
#include "handle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"
#include "unit.h"

static struct nabdi_request request;
static nabd_t *q;

static void set_up(void)
{
	request = (struct nabdi_request){
		.name = "q", .slots = 4, .slot_size = 16, .flags = NABD_CREATE,
		.opts = NABD_OPTS_INIT};
	q = NULL;
}

static void tear_down(void)
{
	(void)fault_met();
}

static int open_it(unsigned flags)
{
	request.flags = flags;
	return nabdi_handle_open(&request, &q);
}

static void open_and_close(unsigned flags)
{
	is(NABD_OK, open_it(flags));
	nabdi_handle_close(q);
}

START_TEST(default_sizes)
{
	request.slots = request.slot_size = 0;
	is(NABD_NOTFOUND, open_it(NABD_PRODUCER));
	ck_assert_ptr_null(q);
	is(NABD_OK, open_it(NABD_CREATE | NABD_PRODUCER));
	ck_assert_uint_eq(q->segment.geometry.slots, NABD_DEFAULT_SLOTS);
	ck_assert_uint_eq(q->segment.geometry.slot_size, NABD_DEFAULT_SLOT_SIZE);
	ck_assert_uint_eq(q->segment.geometry.align, 8);
	nabdi_handle_close(q);
}
END_TEST

/* What exists is taken as it is, if it is what was asked for. */
START_TEST(sizes_of_one_that_exists)
{
	static const struct {
		size_t slots, slot_size;
		uint32_t align;
		int code;
	} t[] = {
		{0, 0, 0, NABD_OK},	   {100, 60, 64, NABD_OK},  {128, 60, 0, NABD_OK},
		{65, 0, 0, NABD_OK},	   {0, 60, 0, NABD_OK},	    {0, 0, 64, NABD_OK},
		{64, 0, 0, NABD_GEOMETRY}, {129, 0, 0, NABD_GEOMETRY},
		{0, 59, 0, NABD_GEOMETRY}, {0, 61, 0, NABD_GEOMETRY}, {0, 0, 8, NABD_GEOMETRY},
		{0, 0, 128, NABD_GEOMETRY}, {NABD_MAX_SLOTS, 0, 0, NABD_GEOMETRY},
	};

	request.slots = 100;
	request.slot_size = 60;
	request.opts.align = 64;
	open_and_close(NABD_CREATE);
	for (unsigned i = 0; i < COUNT(t); i++) {
		request.slots = t[i].slots;
		request.slot_size = t[i].slot_size;
		request.opts.align = t[i].align;
		is(t[i].code, open_it(NABD_CREATE | NABD_CONSUMER));
		if (t[i].code == NABD_OK)
			nabdi_handle_close(q);
	}
	ck_assert_uint_eq(unit_names(), 1);
}
END_TEST

/* Nothing of the caller's is closed, and nothing of ours stays. */
START_TEST(a_refusal_leaves_no_trace)
{
	int zero;
	unsigned files, maps;

	open_and_close(NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER);
	files = unit_open_files();
	maps = unit_mappings();
	zero = fcntl(0, F_GETFD);
	request.slot_size = 17;
	is(NABD_GEOMETRY, open_it(NABD_PRODUCER));
	is(NABD_GEOMETRY, open_it(NABD_CONSUMER));
	is(NABD_GEOMETRY, open_it(NABD_OBSERVE));
	ck_assert_int_eq(fcntl(0, F_GETFD), zero);
	ck_assert_uint_eq(unit_open_files(), files);
	ck_assert_uint_eq(unit_mappings(), maps);
	request.slot_size = 16;
	is(NABD_EXISTS, open_it(NABD_CREATE | NABD_EXCL));
	fault_arm("mprotect", 1, ENOMEM);
	is(NABD_NOMEM, open_it(NABD_CONSUMER));
	ck_assert(fault_met());
	ck_assert_int_eq(fcntl(0, F_GETFD), zero);
	ck_assert_uint_eq(unit_open_files(), files);
	ck_assert_uint_eq(unit_mappings(), maps);
}
END_TEST

START_TEST(opening_never_wipes)
{
	struct nabd_stats stats = {.size = sizeof(stats)};
	uint8_t incarnation[16];
	size_t len = 4;
	char buf[4];

	is(NABD_OK, open_it(NABD_CREATE | NABD_PRODUCER));
	is(NABD_OK, nabd_push(q, "kept", 4));
	memcpy(incarnation, q->segment.incarnation, 16);
	nabdi_handle_close(q);
	open_and_close(NABD_CREATE);
	open_and_close(NABD_CREATE | NABD_PRODUCER);
	is(NABD_OK, open_it(NABD_CREATE | NABD_CONSUMER));
	ck_assert_mem_eq(incarnation, q->segment.incarnation, 16);
	is(NABD_OK, nabd_stats(q, &stats));
	ck_assert_uint_eq(stats.producer_epoch, 2);
	is(NABD_OK, nabd_pop(q, buf, &len));
	ck_assert_mem_eq(buf, "kept", 4);
	nabdi_handle_close(q);
}
END_TEST

START_TEST(the_mode_of_a_new_one)
{
	struct stat st;

	open_and_close(NABD_CREATE);
	ck_assert_int_eq(stat(unit_path("q"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(unlink(unit_path("q")), 0);
	request.opts.mode = 0646;
	request.opts.flags = NABD_SET_GROUP | NABD_PREFAULT | NABD_MLOCK |
			     NABD_HUGE_PAGES;
	request.opts.group = (uint32_t)getegid();
	open_and_close(NABD_CREATE | NABD_EXCL);
	ck_assert_int_eq(stat(unit_path("q"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0646);
}
END_TEST

/* Who does not get the role has not touched what belongs to it. */
START_TEST(the_role_comes_first)
{
	struct nabd_stats stats = {.size = sizeof(stats)};
	nabd_t *first;

	is(NABD_OK, open_it(NABD_CREATE | NABD_PRODUCER));
	first = q;
	is(NABD_BUSY, open_it(NABD_PRODUCER));
	is(NABD_BUSY, open_it(NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER));
	is(NABD_OK, nabd_stats(first, &stats));
	ck_assert_uint_eq(stats.producer_epoch, 1);
	nabdi_handle_close(first);
}
END_TEST

static bool was_locked;

/* The new file is the one without a name that this process has open. */
static void look_for_its_role(void)
{
	struct nabdi_geometry g;
	struct stat st;

	is(NABD_OK, nabdi_layout_plan(4, 16, 8, nabdi_os_page(), 0, &g));
	for (int fd = 0; fd < 256; fd++)
		if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 0 &&
		    (uint64_t)st.st_size == g.total)
			is(NABD_OK, nabdi_os_locked(fd, NABD_SHM_LOCK_PRODUCER, 1, &was_locked));
}

/* Nobody can find a new queue before its maker is its producer. */
START_TEST(the_name_comes_last)
{
	was_locked = false;
	fault_hook("linkat", 1, look_for_its_role);
	is(NABD_OK, open_it(NABD_CREATE | NABD_PRODUCER));
	ck_assert(fault_met());
	ck_assert(was_locked);
	nabdi_handle_close(q);
}
END_TEST

static void make_it(void)
{
	struct nabdi_segment other = unit_queue("q", 4, 16);

	unit_leave(&other);
}

/* It comes into being between our looking for it and our giving ours its name. */
START_TEST(another_creator_is_first)
{
	struct nabd_stats stats = {.size = sizeof(stats)};

	fault_hook("linkat", 1, make_it);
	is(NABD_OK, open_it(NABD_CREATE | NABD_PRODUCER));
	ck_assert(fault_met());
	is(NABD_OK, nabd_stats(q, &stats));
	ck_assert_uint_eq(stats.producer_epoch, 1);
	ck_assert_uint_eq(unit_names(), 1);
	nabdi_handle_close(q);
	is(NABD_OK, nabd_unlink("q"));
	fault_hook("linkat", 1, make_it);
	is(NABD_EXISTS, open_it(NABD_CREATE | NABD_EXCL));
	ck_assert(fault_met());
	/* The same where names are given in another way. */
	is(NABD_OK, nabd_unlink("q"));
	fault_no_tmpfile(EOPNOTSUPP);
	fault_hook("syscall", 1, make_it);
	is(NABD_OK, open_it(NABD_CREATE | NABD_PRODUCER));
	fault_no_tmpfile(0);
	ck_assert(fault_met());
	ck_assert_uint_eq(unit_names(), 1);
	nabdi_handle_close(q);
}
END_TEST

static void remove_it(void)
{
	ck_assert_int_eq(unlink(unit_path("q")), 0);
}

/* It goes between our opening it and our looking at it: then it is not there. */
START_TEST(another_one_removes_it)
{
	open_and_close(NABD_CREATE);
	fault_hook("fstat", 1, remove_it);
	is(NABD_NOTFOUND, open_it(NABD_PRODUCER));
	ck_assert(fault_met());
	open_and_close(NABD_CREATE);
	fault_hook("fstat", 1, remove_it);
	is(NABD_OK, open_it(NABD_CREATE | NABD_PRODUCER));
	ck_assert(fault_met());
	ck_assert_uint_eq(unit_names(), 1);
	nabdi_handle_close(q);
}
END_TEST

/* Should it come and go for ever, there is an end of trying. */
START_TEST(an_end_of_trying)
{
	fault_arm_from("linkat", 1, EEXIST);
	is(NABD_SYSTEM, open_it(NABD_CREATE));
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert(fault_met());
	ck_assert_uint_eq(unit_names(), 0);
}
END_TEST

START_TEST(checked_by_every_call)
{
	nabd_t closed = {.magic = 0};

	is(NABD_INVALID, nabdi_handle_check(NULL));
	is(NABD_INVALID, nabdi_handle_check(&closed));
	is(NABD_OK, open_it(NABD_CREATE));
	is(NABD_OK, nabdi_handle_check(q));
	q->generation++;
	is(NABD_FORKED, nabdi_handle_check(q));
	q->generation--;
	nabdi_handle_close(q);
}
END_TEST

static int in_child(void)
{
	bool alive = false;
	size_t len = 0;

	if (nabd_push(q, "", 0) != NABD_FORKED || nabd_pop(q, NULL, &len) != NABD_FORKED ||
	    nabd_empty(q) != NABD_FORKED)
		return 1;
	nabdi_handle_close(q);
	if (open_it(NABD_PRODUCER) != NABD_BUSY)
		return 2;
	if (open_it(NABD_OBSERVE) != NABD_OK)
		return 3;
	if (nabdi_role_producer_alive(&q->segment, &alive) != NABD_OK || !alive)
		return 4;
	if (nabdi_role_reader_alive(&q->segment, &alive) != NABD_OK || !alive)
		return 5;
	nabdi_handle_close(q);
	return 0;
}

START_TEST(a_forked_child)
{
	size_t len = 0;

	is(NABD_OK, open_it(NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER));
	is(NABD_EMPTY, nabd_pop(q, NULL, &len));
	unit_join(unit_fork(in_child));
	is(NABD_OK, nabd_push(q, "", 0));
	is(NABD_OK, nabd_pop(q, NULL, &len));
	nabdi_handle_close(q);
}
END_TEST

/* The two sides may be two threads: no line of one is on a line of the other. */
START_TEST(the_sides_lie_apart)
{
	ck_assert_uint_eq(_Alignof(struct nabd) % 128, 0);
	ck_assert_uint_eq(offsetof(struct nabd, tx) % 128, 0);
	ck_assert_uint_eq(offsetof(struct nabd, rx) % 128, 0);
	is(NABD_OK, open_it(NABD_CREATE));
	ck_assert_uint_eq((uintptr_t)q % 128, 0);
	nabdi_handle_close(q);
}
END_TEST

START_TEST(no_memory_for_a_handle)
{
	unsigned files = unit_open_files();

	fault_arm("posix_memalign", 1, ENOMEM);
	is(NABD_NOMEM, open_it(NABD_CREATE));
	ck_assert(fault_met());
	ck_assert_uint_eq(unit_open_files(), files);
	ck_assert_uint_eq(unit_names(), 0);
}
END_TEST

START_TEST(a_damaged_queue)
{
	struct nabdi_segment s = unit_queue("q", 4, 16);
	unsigned files;

	open_and_close(NABD_PRODUCER);
	files = unit_open_files();
	cell_store_relaxed(&nabdi_segment_producer(&s)->head, 77);
	is(NABD_CORRUPT, open_it(NABD_PRODUCER));
	is(NABD_CORRUPT, open_it(NABD_PRODUCER)); /* not BUSY: the role was given back */
	ck_assert_uint_eq(unit_open_files(), files);
	open_and_close(NABD_CONSUMER);
	open_and_close(NABD_OBSERVE);
	unit_leave(&s);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_handle");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, default_sizes);
	tcase_add_test(tests, sizes_of_one_that_exists);
	tcase_add_test(tests, a_refusal_leaves_no_trace);
	tcase_add_test(tests, opening_never_wipes);
	tcase_add_test(tests, the_mode_of_a_new_one);
	tcase_add_test(tests, the_role_comes_first);
	tcase_add_test(tests, the_name_comes_last);
	tcase_add_test(tests, another_creator_is_first);
	tcase_add_test(tests, another_one_removes_it);
	tcase_add_test(tests, an_end_of_trying);
	tcase_add_test(tests, checked_by_every_call);
	tcase_add_test(tests, a_forked_child);
	tcase_add_test(tests, the_sides_lie_apart);
	tcase_add_test(tests, no_memory_for_a_handle);
	tcase_add_test(tests, a_damaged_queue);
	return unit_run(tests);
}
