/* SPDX-License-Identifier: MIT */
/* fault.c - what the crash tests share. */
#define _GNU_SOURCE

#include "fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROLE_TRIES 20000  /* 1 ms each: the kernel frees a dead one's locks within a few */
#define CHILD_SECONDS 300 /* a bound on a hang, not a measurement */

/*
 * By this seed the messages at which the states of kill.h stand are short ones of
 * even and odd lengths, and where the ring wraps a long one, a short and an empty.
 */
const struct traffic fault_traffic = { 194374, FAULT_SLOT_SIZE, 0 };

static char directory[64];
static pid_t owner;

noreturn void fault_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (getpid() == owner)
		exit(1);
	_exit(1);
}

const char *fault_error(int rc)
{
	const char *name = nabd_error_name(rc);

	return name ? name : "no error of nabd";
}

void fault_clear(void)
{
	DIR *d = opendir(directory);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

static void clean_up(void)
{
	if (getpid() != owner)
		return;
	fault_clear();
	rmdir(directory);
}

/* Told to end, as by a time limit of make's: nothing of ours stays. */
static void told_to_end(int number)
{
	clean_up();
	signal(number, SIG_DFL);
	raise(number);
}

void fault_begin(const char *test)
{
	struct stat st;

	owner = getpid();
	snprintf(directory, sizeof(directory), "%s/nabd-%s-%ld",
		 stat("/dev/shm", &st) == 0 ? "/dev/shm" : "/tmp", test, (long)owner);
	if (mkdir(directory, 0700) != 0)
		FAIL("mkdir %s: %s", directory, strerror(errno));
	atexit(clean_up);
	signal(SIGTERM, told_to_end);
	signal(SIGINT, told_to_end);
	signal(SIGHUP, told_to_end);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

const char *fault_dir(void)
{
	return directory;
}

const char *fault_list(void)
{
	static char names[1024];
	DIR *d = opendir(directory);
	struct dirent *e;

	names[0] = '\0';
	CHECK(d);
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		CHECK(strlen(names) + strlen(e->d_name) + 2 < sizeof(names));
		strcat(strcat(names, e->d_name), " ");
	}
	closedir(d);
	return names;
}

int fault_open(const char *name, size_t slots, size_t slot_size, unsigned flags, nabd_t **q)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.dir = directory;
	if (flags & NABD_CREATE && getenv("NABD_TEST_TIMESTAMPS")) /* tests/metrics/timed.sh */
		flags |= NABD_TIMESTAMPS;
	return nabd_open_opts(name, slots, slot_size, flags, &opts, q);
}

int fault_unlink(const char *name)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	opts.dir = directory;
	return nabd_unlink_opts(name, &opts);
}

nabd_t *fault_take_over(const char *name, unsigned flags)
{
	nabd_t *q = NULL;
	int rc;

	for (int tries = 0; tries < ROLE_TRIES; tries++) {
		struct nabd_msg m;
		size_t got;

		rc = q ? NABD_OK : fault_open(name, 0, 0, flags, &q);
		if (rc == NABD_OK && flags & NABD_CONSUMER) {
			/* The first look takes the role; none of it is given back as read. */
			rc = nabd_peek_batch(q, &m, 1, &got);
			if (rc == NABD_OK)
				EXPECT(nabd_release_batch(q, 0), NABD_OK);
			if (rc == NABD_EMPTY)
				rc = NABD_OK;
		}
		if (rc != NABD_BUSY)
			break;
		usleep(1000);
	}
	if (rc != NABD_OK)
		FAIL("take over %s as %x: %s", name, flags, fault_error(rc));
	return q;
}

bool fault_instrumented(void)
{
	const char *sanitizer = getenv("NABD_SANITIZER");

	return sanitizer && *sanitizer && strcmp(sanitizer, "no") != 0;
}

void *fault_shared(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

pid_t fault_start_child(void (*fn)(void *), void *arg)
{
	pid_t pid = fork();

	if (pid < 0)
		FAIL("fork: %s", strerror(errno));
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(CHILD_SECONDS);
	fn(arg);
	_exit(0);
}

bool fault_await(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	if (WIFSIGNALED(status))
		fprintf(stderr, "the child was ended by signal %d%s\n", WTERMSIG(status),
			WTERMSIG(status) == SIGALRM ? ": it hung" : "");
	return status == 0;
}

void fault_await_child(pid_t pid)
{
	if (!fault_await(pid))
		FAIL("the child failed");
}

void fault_run_child(void (*fn)(void *), void *arg)
{
	fault_await_child(fault_start_child(fn, arg));
}

void fault_kill(pid_t pid)
{
	int status;

	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		FAIL("the victim had ended before, with status %x", status);
}

void fault_push(nabd_t *q, uint64_t seq)
{
	unsigned char buf[FAULT_SLOT_SIZE];
	uint32_t len = traffic_fill(&fault_traffic, seq, buf);

	EXPECT(nabd_push(q, buf, len), NABD_OK);
}

void fault_pop(nabd_t *q, uint64_t seq)
{
	struct nabd_msg m;

	EXPECT(nabd_peek_msg(q, &m), NABD_OK);
	if (m.sequence != seq)
		FAIL("got message %llu, expected %llu", (unsigned long long)m.sequence,
		     (unsigned long long)seq);
	CHECK(traffic_check(&fault_traffic, seq, m.data, m.len));
	EXPECT(nabd_release(q), NABD_OK);
}

unsigned fault_descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* Mappings of a queue: of its file, whatever its name is or was. */
unsigned fault_mappings(void)
{
	static char text[1 << 16];
	size_t at = 0;
	ssize_t n;
	unsigned count = 0;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	while ((n = read(fd, text + at, sizeof(text) - 1 - at)) > 0)
		at += (size_t)n;
	close(fd);
	text[at] = '\0';
	for (const char *p = text; (p = strstr(p, directory)); p++)
		count++;
	return count;
}
