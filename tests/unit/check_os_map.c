/* SPDX-License-Identifier: MIT */
/* Reading and mapping files, and what becomes of each error of the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "faults.h"
#include "unit.h"

static int dir;

static void set_up(void)
{
	is(NABD_OK, nabdi_os_open_dir(unit_dir(), &dir));
}

static void tear_down(void)
{
	(void)fault_met();
	fault_no_tmpfile(0);
	fault_short_reads(0);
	nabdi_os_close(dir);
}

START_TEST(reading_in_pieces)
{
	char buf[16] = "";
	size_t got;
	int fd = open(unit_path("f"), O_CREAT | O_RDWR, 0600);

	ck_assert_int_eq(write(fd, "0123456789", 10), 10);
	for (unsigned piece = 0; piece < 12; piece++) {
		fault_short_reads(piece);
		fault_arm("pread", 1, EINTR);
		memset(buf, 0, sizeof(buf));
		is(NABD_OK, nabdi_os_read(fd, buf, sizeof(buf) - 1, &got));
		ck_assert(fault_met());
		ck_assert_uint_eq(got, 10);
		ck_assert_str_eq(buf, "0123456789");
		is(NABD_OK, nabdi_os_read(fd, buf, 4, &got));
		ck_assert_uint_eq(got, 4);
	}
	fault_short_reads(3);
	fault_arm("pread", 2, EIO);
	is(NABD_SYSTEM, nabdi_os_read(fd, buf, sizeof(buf), &got));
	fault_arm("fstat", 1, EIO);
	is(NABD_SYSTEM, nabdi_os_look(fd, &(struct nabdi_os_file){0}));
	nabdi_os_close(fd);
}
END_TEST

START_TEST(mapping)
{
	char temp[NABDI_OS_TEMP_NAME];
	const uint32_t page = nabdi_os_page();
	uint8_t *base;
	int fd;

	ck_assert_uint_ge(page, 4096);
	ck_assert_uint_eq(page & (page - 1), 0);
	is(NABD_OK, nabdi_os_new_file(dir, 4 * page, &fd, temp));
	fault_arm("mmap", 1, ENOMEM);
	is(NABD_NOMEM, nabdi_os_map(fd, 4 * page, false, &base));
	is(NABD_OK, nabdi_os_map(fd, 4 * page, false, &base));
	fault_arm("mprotect", 1, ENOMEM);
	is(NABD_NOMEM, nabdi_os_allow_writes(base, page));
	is(NABD_OK, nabdi_os_allow_writes(base + page, page));
	base[page] = 1;
	is(NABD_OK, nabdi_os_prefault(base, 4 * page, false));
	fault_arm("madvise", 1, EINTR);
	is(NABD_OK, nabdi_os_prefault(base, 4 * page, false));
	ck_assert(fault_met());
	fault_arm("madvise", 1, EINVAL); /* an old kernel: by hand */
	is(NABD_OK, nabdi_os_prefault(base, 4 * page, false));
	ck_assert(fault_met());
	fault_arm("madvise", 1, ENOMEM);
	is(NABD_NOMEM, nabdi_os_prefault(base, 4 * page, false));
	fault_arm("mlock", 1, EPERM);
	is(NABD_NOMEM, nabdi_os_lock_in_ram(base, 4 * page));
	is(NABD_OK, nabdi_os_lock_in_ram(base, 4 * page));
	ck_assert_uint_eq(base[page], 1);
	errno = 4711;
	nabdi_os_unmap(base, 4 * page);
	nabdi_os_close(fd);
	nabdi_os_close(-1);
	ck_assert_int_eq(errno, 4711);
}
END_TEST

/* How much of the mapping that begins there has pages behind it. */
static unsigned long mapped_kib(const void *base)
{
	unsigned long kib = 0;
	char line[512], begin[32];
	bool there = false;
	FILE *maps = fopen("/proc/self/smaps", "r");

	ck_assert_ptr_nonnull(maps);
	(void)snprintf(begin, sizeof(begin), "%08lx-", (unsigned long)(uintptr_t)base);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strncmp(line, begin, strlen(begin)) == 0)
			there = true;
		else if (there && sscanf(line, "Rss: %lu", &kib) == 1)
			break;
	}
	ck_assert(there);
	(void)fclose(maps);
	return kib;
}

START_TEST(prefault_brings_the_pages)
{
	char temp[NABDI_OS_TEMP_NAME];
	const uint32_t page = nabdi_os_page();
	uint8_t *base;
	int fd;

	for (int by_hand = 0; by_hand < 2; by_hand++) {
		is(NABD_OK, nabdi_os_new_file(dir, 64 * page, &fd, temp));
		is(NABD_OK, nabdi_os_map(fd, 64 * page, false, &base));
		ck_assert_uint_eq(mapped_kib(base), 0);
		fault_arm("madvise", by_hand ? 1 : 0, EINVAL);
		is(NABD_OK, nabdi_os_prefault(base, 64 * page, false));
		ck_assert_uint_eq(mapped_kib(base), 64 * page / 1024);
		nabdi_os_unmap(base, 64 * page);
		nabdi_os_close(fd);
	}
}
END_TEST

/* A place that is a multiple of a huge page away from the beginning of the address space. */
START_TEST(a_large_mapping_begins_where_huge_pages_do)
{
	char temp[NABDI_OS_TEMP_NAME];
	const size_t huge = nabdi_os_huge_page(), bytes = 2 * huge + nabdi_os_page();
	struct nabdi_os_memory memory;
	uint8_t *base;
	int fd;

	if (huge > 32u << 20)
		return; /* so large that the test would fill the memory */
	ck_assert_ptr_null(nabdi_os_huge_place(huge - 1));
	ck_assert_ptr_null(nabdi_os_huge_place(SIZE_MAX - 1));
	is(NABD_OK, nabdi_os_new_file(dir, bytes, &fd, temp));
	for (int i = 0; i < 3; i++) {
		is(NABD_OK, nabdi_os_map(fd, bytes, i > 0, &base));
		ck_assert_uint_eq((uintptr_t)base % huge, 0);
		is(NABD_OK, nabdi_os_memory(base, bytes, &memory));
		ck_assert_uint_eq(memory.bytes, bytes);
		nabdi_os_unmap(base, bytes);
	}
	errno = 4711;
	fault_arm("mmap", 1, ENOMEM); /* no room for that: then anywhere */
	is(NABD_OK, nabdi_os_map(fd, bytes, false, &base));
	ck_assert(fault_met());
	ck_assert_int_eq(errno, 4711);
	fault_arm("madvise", 1, EINVAL);
	nabdi_os_ask_huge(base, bytes);
	ck_assert_int_eq(errno, 4711);
	fault_arm("openat", 1, EMFILE);
	is(NABD_SYSTEM, nabdi_os_memory(base, bytes, &memory));
	nabdi_os_unmap(base, bytes);
	is(NABD_SYSTEM, nabdi_os_memory(base, bytes, &memory)); /* nobody's */
	ck_assert_int_eq(errno, EIO);
	fault_arm("mmap", 2, EACCES);
	is(NABD_ACCESS, nabdi_os_map(fd, bytes, false, &base));
	ck_assert(fault_met());
	nabdi_os_close(fd);
}
END_TEST

static uint8_t *others;
static size_t wanted;

/* Another thread, between the look for a place and its use. */
static void another_is_first(void)
{
	uint8_t *place = nabdi_os_huge_place(wanted);

	others = mmap(place, nabdi_os_page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	ck_assert_ptr_eq(others, place);
	*others = 42;
}

START_TEST(what_another_thread_maps_meanwhile_stays)
{
	char temp[NABDI_OS_TEMP_NAME];
	uint8_t *base;
	int fd;

	wanted = nabdi_os_huge_page();
	if (wanted > 32u << 20)
		return;
	is(NABD_OK, nabdi_os_new_file(dir, wanted, &fd, temp));
	fault_hook("mmap", 2, another_is_first);
	is(NABD_OK, nabdi_os_map(fd, wanted, false, &base));
	ck_assert(fault_met());
	ck_assert_uint_eq(*base, 0);
	ck_assert_uint_eq(*others, 42);
	nabdi_os_unmap(base, wanted);
	ck_assert_uint_eq(*others, 42);
	nabdi_os_unmap(others, nabdi_os_page());
	nabdi_os_close(fd);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_os_map");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, reading_in_pieces);
	tcase_add_test(tests, mapping);
	tcase_add_test(tests, prefault_brings_the_pages);
	tcase_add_test(tests, a_large_mapping_begins_where_huge_pages_do);
	tcase_add_test(tests, what_another_thread_maps_meanwhile_stays);
	return unit_run(tests);
}
