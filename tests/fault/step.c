/* SPDX-License-Identifier: MIT */
/*
 * step.c - to the k-th instruction of a child by ptrace. The first child is
 * single-stepped and each address noted; the others run to a breakpoint and
 * count how often they have met it, which costs a few system calls instead of k.
 */
#define _GNU_SOURCE

#include "step.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"

/*
 * No chance and no clock within an operation: a checksum over either takes
 * another way each time. These stand before those of libc.
 */
ssize_t getrandom(void *buf, size_t len, unsigned flags)
{
	(void)flags;
	memset(buf, 0x5e, len);
	return (ssize_t)len;
}

static unsigned clock_ms, clock_step_ms;

int clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	clock_ms += clock_step_ms;
	*now = (struct timespec){ (time_t)(1700000000 + clock_ms / 1000),
				  (long)(clock_ms % 1000) * 1000000 };
	return 0;
}

int nanosleep(const struct timespec *pause, struct timespec *rest)
{
	(void)pause;
	(void)rest;
	return sched_yield();
}

void step_clock(unsigned ms)
{
	clock_ms += ms;
}

void step_clock_run(unsigned ms)
{
	clock_step_ms = ms;
}

#if defined(__x86_64__) || defined(__i386__)

#if defined(__x86_64__)
#define PC(regs) ((regs).rip)
#else
#define PC(regs) ((regs).eip)
#endif

/* A function whose marks are in the program once. */
#if defined(__clang__)
#define ONCE __attribute__((noinline))
#else
#define ONCE __attribute__((noinline, noclone))
#endif

#define BREAKPOINT 0xccL /* one byte; the program counter is behind it when it is met */
#define NO_OPERATION 0x90L
#define HANG_SECONDS 300 /* a bound on a hang, not a measurement */
#define HASH_SIZE 65536u /* more than the instructions of any operation */
#define MOST_SIZE (16 * HASH_SIZE) /* and with a sanitizer's code in it */

extern const char step_end_mark[];
extern const char __executable_start[], etext[]; /* made by the linker */

ONCE void step_begin(void)
{
	__asm__ volatile("int3" ::: "memory");
}

ONCE void step_end(void)
{
	__asm__ volatile(".globl step_end_mark\n.hidden step_end_mark\nstep_end_mark:\n\tint3" ::
			     : "memory");
}

const char *step_why_not(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		return "ptrace is not permitted";
	return NULL;
}

/* Wait for the child's next stop, which must be a trap. False: it has ended, and well. */
static bool next_trap(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0) == pid);
	if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP)
		return true;
	if (WIFSTOPPED(status))
		FAIL("the victim got signal %d", WSTOPSIG(status));
	if (WIFSIGNALED(status))
		FAIL("the victim was ended by signal %d", WTERMSIG(status));
	if (status != 0)
		FAIL("the victim failed");
	return false;
}

static void check_resumed(long rc)
{
	if (rc != 0)
		FAIL("ptrace: %s", strerror(errno));
}

/* The type of a request has no portable name. */
#define resume(pid, request) check_resumed(ptrace((request), (pid), NULL, NULL))

static uintptr_t get_pc(pid_t pid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) != 0)
		FAIL("PTRACE_GETREGS: %s", strerror(errno));
	return (uintptr_t)PC(regs);
}

static void step_back(pid_t pid, uintptr_t to)
{
	struct user_regs_struct regs;

	CHECK(ptrace(PTRACE_GETREGS, pid, NULL, &regs) == 0);
	PC(regs) = (__typeof__(PC(regs)))to;
	CHECK(ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0);
}

static long get_text(pid_t pid, uintptr_t at)
{
	long word;

	errno = 0;
	word = ptrace(PTRACE_PEEKTEXT, pid, (void *)at, NULL);
	if (errno)
		FAIL("PTRACE_PEEKTEXT: %s", strerror(errno));
	return word;
}

static void put_text(pid_t pid, uintptr_t at, long word)
{
	if (ptrace(PTRACE_POKETEXT, pid, (void *)at, (void *)word) != 0)
		FAIL("PTRACE_POKETEXT: %s", strerror(errno));
}

/* syscall, sysenter, int $0x80 */
static bool is_system_call(pid_t pid, uintptr_t pc)
{
	unsigned long code = (unsigned long)get_text(pid, pc) & 0xffff;

	return code == 0x050f || code == 0x340f || code == 0x80cd;
}

pid_t step_start(void (*fn)(void *), void *arg)
{
	pid_t pid = fork();

	if (pid < 0)
		FAIL("fork: %s", strerror(errno));
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(1);
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when it is parked */
		alarm(HANG_SECONDS);
		fn(arg);
		_exit(0);
	}
	if (!next_trap(pid))
		FAIL("the victim ended before its operation");
	CHECK(ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_EXITKILL) == 0);
	return pid;
}

static size_t hash_size(void)
{
	return fault_instrumented() ? MOST_SIZE : HASH_SIZE;
}

/* How often each address was met so far: open addressing, never full. */
static uint32_t count(uintptr_t pc, struct step *table)
{
	const size_t size = hash_size();
	size_t i = (size_t)(pc * 2654435761u) % size;

	while (table[i].nth && table[i].pc != pc)
		i = (i + 1) % size;
	table[i].pc = pc;
	return ++table[i].nth;
}

static void note(struct step_list *list, uintptr_t pc, uint32_t nth, bool call)
{
	bool own = pc >= (uintptr_t)__executable_start && pc < (uintptr_t)etext;

	if (list->n == list->room) {
		/* At once, and not from the heap: later victims must find that as the first did. */
		CHECK(!list->room);
		list->room = hash_size();
		list->at = mmap(NULL, list->room * sizeof(*list->at), PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(list->at != MAP_FAILED);
	}
	list->at[list->n++] = (struct step){ pc, nth, call, own };
}

void step_record(pid_t pid, struct step_list *list)
{
	static struct step table[MOST_SIZE];
	bool after_call = false;
	uintptr_t pc;

	memset(table, 0, hash_size() * sizeof(*table));
	list->n = 0;
	while ((pc = get_pc(pid)) != (uintptr_t)step_end_mark) {
		bool call = is_system_call(pid, pc);

		note(list, pc, count(pc, table), call || after_call);
		after_call = call;
		resume(pid, PTRACE_SINGLESTEP);
		if (!next_trap(pid))
			FAIL("the victim ended within its operation");
	}
	step_finish(pid);
}

void step_forget(struct step_list *list)
{
	if (list->room)
		munmap(list->at, list->room * sizeof(*list->at));
	*list = (struct step_list){ NULL, 0, 0 };
}

bool step_to(pid_t pid, const struct step *step)
{
	long code = get_text(pid, step->pc);
	long with_break = (code & ~0xffL) | BREAKPOINT;
	/* We are at the first of all, which counts as met. */
	uint32_t met = get_pc(pid) == step->pc;

	while (met < step->nth) {
		/* Step off before the breakpoint is set where we stand. */
		if (met) {
			resume(pid, PTRACE_SINGLESTEP);
			CHECK(next_trap(pid));
			if (get_pc(pid) == step->pc) { /* a repeated string instruction */
				met++;
				continue;
			}
		}
		put_text(pid, step->pc, with_break);
		resume(pid, PTRACE_CONT);
		CHECK(next_trap(pid));
		put_text(pid, step->pc, code);
		step_back(pid, get_pc(pid) - 1);
		if (get_pc(pid) == (uintptr_t)step_end_mark)
			return false;
		CHECK(get_pc(pid) == step->pc);
		met++;
	}
	return true;
}

void step_finish(pid_t pid)
{
	resume(pid, PTRACE_CONT);
	while (next_trap(pid)) {
		/* The end mark: go on behind it. */
		CHECK(get_pc(pid) == (uintptr_t)step_end_mark + 1);
		resume(pid, PTRACE_CONT);
	}
}

void step_park(pid_t pid)
{
	int status;

	/* Nobody will be there to catch the end mark: make it do nothing. */
	put_text(pid, (uintptr_t)step_end_mark,
		 (get_text(pid, (uintptr_t)step_end_mark) & ~0xffL) | NO_OPERATION);
	if (ptrace(PTRACE_DETACH, pid, NULL, (void *)(long)SIGSTOP) != 0)
		FAIL("PTRACE_DETACH: %s", strerror(errno));
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
}

void step_unpark(pid_t pid)
{
	CHECK(kill(pid, SIGCONT) == 0);
	fault_await_child(pid);
}

#else

const char *step_why_not(void)
{
	return "single-stepping is written for x86 only";
}

void step_begin(void)
{
}

void step_end(void)
{
}

pid_t step_start(void (*fn)(void *), void *arg)
{
	(void)fn;
	(void)arg;
	return -1;
}

void step_record(pid_t pid, struct step_list *list)
{
	(void)pid;
	(void)list;
}

void step_forget(struct step_list *list)
{
	(void)list;
}

bool step_to(pid_t pid, const struct step *step)
{
	(void)pid;
	(void)step;
	return false;
}

void step_finish(pid_t pid)
{
	(void)pid;
}

void step_park(pid_t pid)
{
	(void)pid;
}

void step_unpark(pid_t pid)
{
	(void)pid;
}

#endif
