/* SPDX-License-Identifier: MIT */
/*
 * check_meanwhile.c - a producer that comes while a queue is diagnosed is no damage, also if
 * it goes again; one that comes while it is removed waits, and then there is no queue.
 *
 * Between two reads of the library: the slots of the mapping can't be read at first, so the
 * first read of one stops, until a child has done what is to happen there.
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groups.h"

#define SLOTS 256u /* of a page's length all told, and more: beyond the pages before them */

void *__real_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd, int64_t offset);

static char text[65536];
static int go[2], done[2], over[2];
static pid_t child;
static volatile sig_atomic_t armed, stops;
static unsigned char *hidden;
static size_t hidden_len;

/* Only the end of the file, where slots are. A mapping of which none is read may come first. */
static void hide(unsigned char *base, size_t len)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	hidden_len = SLOTS * 64 / page * page;
	hidden = base + len - hidden_len;
	ck_assert_int_eq(mprotect(hidden, hidden_len, PROT_NONE), 0);
}

void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	void *p = __real_mmap(at, len, prot, flags, fd, offset);

	if (armed && p != MAP_FAILED && fd >= 0 && len > SLOTS * 64)
		hide(p, len);
	return p;
}

void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd, int64_t offset)
{
	return __wrap_mmap(at, len, prot, flags, fd, (off_t)offset);
}

static void on_fault(int signo, siginfo_t *info, void *context)
{
	const unsigned char *at = info->si_addr;
	char byte = 0;

	(void)context;
	if (hidden == NULL || at < hidden || at >= hidden + hidden_len) {
		signal(signo, SIG_DFL); /* one of those that are none of ours */
		return;
	}
	stops++;
	if (write(go[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1 ||
	    mprotect(hidden, hidden_len, PROT_READ) != 0)
		_exit(99);
	hidden = NULL;
	armed = 0;
}

/* ------------------------------------------------------------------ what happens meanwhile */

/* Every slot gets a new message, that of the last old one among them. */
static int goes_round(nabd_t *q)
{
	uint64_t number;
	size_t len;
	int code = NABD_OK;

	for (unsigned i = 0; code == NABD_OK && i < 2 * SLOTS; i++) {
		number = SLOTS / 2 + i;
		code = nabd_push(q, &number, sizeof(number));
		len = sizeof(number);
		if (code == NABD_OK)
			code = nabd_pop(q, &number, &len);
	}
	return code;
}

static int comes_and_stays(void)
{
	nabd_t *q = nabd_open("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);

	return q == NULL ? NABD_STATE : goes_round(q);
}

static int comes_and_goes(void)
{
	nabd_t *q = nabd_open("q", 0, 0, NABD_PRODUCER | NABD_CONSUMER);
	int code = q == NULL ? NABD_STATE : goes_round(q);

	nabd_close(q);
	return code;
}

static int comes_too_late(void)
{
	nabd_t *q = NULL;
	int code = nabd_open_opts("q", 0, 0, NABD_PRODUCER, NULL, &q);

	return code == NABD_BUSY ? NABD_OK : NABD_STATE;
}

/* 128 messages, all but 5 of them read; act happens when the next to look reads a slot. */
static void begin(int (*act)(void))
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	nabd_t *q = queue_of(SLOTS);

	for (uint64_t i = 0; i < SLOTS / 2; i++) {
		push_numbers(q, i, i + 1);
		if (i < SLOTS / 2 - 5)
			reads_number(q, i);
	}
	close_ok(q);
	ck_assert(pipe(go) == 0 && pipe(done) == 0 && pipe(over) == 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		char byte;
		int code;

		close(go[1]);
		close(over[1]);
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		code = act();
		(void)!write(done[1], &byte, 1);
		(void)!read(over[0], &byte, 1);
		_exit(code == NABD_OK ? 0 : 2);
	}
	ck_assert_int_eq(sigaction(SIGSEGV, &action, NULL), 0);
	stops = 0;
	armed = 1;
}

/* It happened, in the middle, and went well. */
static void end(void)
{
	int status;

	ck_assert_int_eq(stops, 1);
	close(over[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	signal(SIGSEGV, SIG_DFL);
}

static void is_sound(void)
{
	size_t len;

	is(NABD_OK, nabd_diagnose("q", NULL, text, sizeof(text), &len));
	ck_assert_msg(strstr(text, "Wrong: ") == NULL, "%s", text);
}

START_TEST(a_producer_that_comes_is_no_damage)
{
	begin(comes_and_stays);
	is_sound();
	end();
	is_sound();
}
END_TEST

START_TEST(a_producer_that_comes_and_goes_is_no_damage)
{
	begin(comes_and_goes);
	is_sound();
	end();
	is_sound();
}
END_TEST

/* In nabd_recover() the first to read a slot is one who is alone with the queue. */
START_TEST(a_producer_that_comes_while_it_is_removed_waits)
{
	size_t len;

	begin(comes_too_late);
	is(NABD_OK, nabd_recover("q", NULL,
				 NABD_RECOVER_DO | NABD_RECOVER_REMOVE | NABD_RECOVER_DISCARD,
				 text, sizeof(text), &len));
	ck_assert_msg(strstr(text, "5 unread messages") != NULL, "%s", text);
	end();
	is(NABD_NOTFOUND, open_code("q", 0, 0, NABD_PRODUCER));
}
END_TEST

/* Not removed, as it holds messages: who comes afterwards finds all of it. */
START_TEST(a_producer_that_comes_while_it_is_looked_at_waits)
{
	size_t len;

	begin(comes_too_late);
	is(NABD_STATE, nabd_recover("q", NULL, NABD_RECOVER_DO | NABD_RECOVER_REMOVE, text,
				    sizeof(text), &len));
	end();
	is(NABD_OK, comes_and_goes());
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_meanwhile");

	tcase_add_test(tests, a_producer_that_comes_is_no_damage);
	tcase_add_test(tests, a_producer_that_comes_and_goes_is_no_damage);
	tcase_add_test(tests, a_producer_that_comes_while_it_is_removed_waits);
	tcase_add_test(tests, a_producer_that_comes_while_it_is_looked_at_waits);
	return behaviour_run();
}
