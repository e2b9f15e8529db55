/* SPDX-License-Identifier: MIT */
/* The frame of the unit tests; see unit.h. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ring.h"

static char folder[128];
static Suite *suite;

const char *unit_code(int code)
{
	static char number[2][16];
	static unsigned turn;
	const char *name = nabd_error_name(code);

	if (name != NULL)
		return name;
	turn ^= 1;
	(void)snprintf(number[turn], sizeof(number[turn]), "%d", code);
	return number[turn];
}

const char *unit_dir(void)
{
	return folder;
}

const char *unit_path(const char *name)
{
	static char path[512];

	ck_assert_int_lt(snprintf(path, sizeof(path), "%s/%s", folder, name), (int)sizeof(path));
	return path;
}

void unit_empty(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			(void)unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
	(void)closedir(dir);
}

static unsigned entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n - 2;
}

unsigned unit_open_files(void)
{
	return entries("/proc/self/fd") - 1; /* less our own look */
}

unsigned unit_names(void)
{
	return entries(folder);
}

unsigned unit_mappings(void)
{
	char line[1024];
	unsigned n = 0;
	FILE *maps = fopen("/proc/self/maps", "r");

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof(line), maps) != NULL)
		/* Also a file without a name yet is shown with its folder. */
		if (strstr(line, folder) != NULL || strstr(line, "(deleted)") != NULL)
			n++;
	(void)fclose(maps);
	return n;
}

uint64_t unit_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

struct nabdi_segment unit_memory(uint64_t slots, uint64_t slot_size, uint32_t align)
{
	return unit_memory_of(slots, slot_size, align, 0);
}

struct nabdi_segment unit_memory_of(uint64_t slots, uint64_t slot_size, uint32_t align,
				    uint64_t features)
{
	static const uint8_t incarnation[16] = {1, 2, 3};
	struct nabdi_segment s = {.fd = -1};
	void *p = NULL;

	is(NABD_OK, nabdi_layout_plan(slots, slot_size, align, 4096, features, &s.geometry));
	ck_assert_int_eq(posix_memalign(&p, 4096, (size_t)s.geometry.total), 0);
	memset(p, 0, (size_t)s.geometry.total);
	s.base = p;
	nabdi_layout_identify(&s.geometry, incarnation, 1, &nabdi_segment_producer(&s)->identity);
	return s;
}

void unit_forget(struct nabdi_segment *segment)
{
	free(segment->base);
	segment->base = NULL;
}

uint64_t unit_position(unsigned group, uint64_t sequence)
{
	return group == 0 ? sequence : NABD_SHM_OPEN | (sequence & NABD_SHM_SEQUENCE);
}

void unit_begin_at(const struct nabdi_segment *segment, uint64_t sequence)
{
	struct nabd_inline_ring ring = nabdi_ring_of(segment->base, &segment->geometry);
	struct nabd_shm_producer *producer = nabdi_segment_producer(segment);
	struct nabd_shm_consumers *consumers = nabdi_segment_consumers(segment);
	uint64_t slots = segment->geometry.slots;

	for (uint64_t s = sequence > slots ? sequence - slots : 0; s < sequence; s++)
		nabdi_ring_publish(nabdi_ring_payload(&ring, s), s, 0);
	cell_store_relaxed(&producer->head, sequence);
	cell_store_relaxed(&producer->told, sequence);
	cell_store_relaxed(&producer->tail, sequence);
	for (unsigned group = 0; group < NABD_SHM_GROUPS; group++)
		cell_store_relaxed(&consumers->group[group].position,
				   unit_position(group, sequence));
}

struct nabdi_segment unit_queue(const char *name, uint64_t slots, uint64_t slot_size)
{
	struct nabdi_geometry geometry;
	struct nabdi_segment s;
	struct nabdi_place place;

	is(NABD_OK, nabdi_layout_plan(slots, slot_size, 8, nabdi_os_page(), 0, &geometry));
	is(NABD_OK, nabdi_place_find(name, NULL, &place));
	is(NABD_OK, nabdi_segment_make(&place, &geometry, 0600, false, 0, false, &s));
	is(NABD_OK, nabdi_segment_publish(&place, &s));
	is(NABD_OK, nabdi_segment_allow(&s, true, true));
	nabdi_place_leave(&place);
	return s;
}

void unit_leave(struct nabdi_segment *segment)
{
	nabdi_segment_leave(NULL, segment);
}

/* There in a build that measures coverage, which _exit(2) would not report. */
extern void __gcov_dump(void) __attribute__((weak));

pid_t unit_fork(int (*body)(void))
{
	pid_t pid = fork();
	int rc;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		rc = body();
		if (__gcov_dump != NULL)
			__gcov_dump();
		_exit(rc);
	}
	return pid;
}

void unit_join(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child ended with %#x",
		      (unsigned)status);
}

void unit_kill(pid_t pid)
{
	int status;

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}

/* Ended from outside; where tests leave no files, nothing stays. */
static void ended(int number)
{
	(void)rmdir(folder);
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

TCase *unit_begin(const char *program)
{
	TCase *tests = tcase_create(program);

	suite = suite_create(program);
	suite_add_tcase(suite, tests);
	tcase_set_timeout(tests, 300); /* only to end what would never end, also under valgrind */
	tcase_add_checked_fixture(tests, unit_empty, unit_empty);
	(void)snprintf(folder, sizeof(folder), "/dev/shm/nabd-unit-%s-%ld", program,
		       (long)getpid());
	if (mkdir(folder, 0700) != 0 || setenv("NABD_DIR", folder, 1) != 0) {
		perror(folder);
		exit(1);
	}
	(void)signal(SIGTERM, ended); /* Check calls it when it has ended its child */
	(void)signal(SIGINT, ended);
	return tests;
}

int unit_run(TCase *tests)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	(void)tests;
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	unit_empty();
	(void)rmdir(folder);
	return failed == 0 ? 0 : 1;
}
