/* SPDX-License-Identifier: MIT */
/* filter.c - what the kernel forbids a side: by seccomp(2), for the rest of its life. */
#define _GNU_SOURCE

#include "wait.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_futex
#define FUTEX_CALL SYS_futex
#else
#define FUTEX_CALL SYS_futex_time64
#endif

/* The two halves of an argument, as the filter sees it. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW  4u
#define HIGH 0u
#else
#define LOW  0u
#define HIGH 4u
#endif

#define NUMBER       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define HALF(k, off) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
			      offsetof(struct seccomp_data, args) + 8u * (k) + (off))
#define SAME(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), yes, no)
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))

bool filter_works(void)
{
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0)
		return true;
	puts("skipped: no filters of system calls in this kernel");
	return false;
}

static void install(struct sock_filter *filter, size_t n)
{
	struct sock_fprog program = { .len = (unsigned short)n, .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		FAIL("a filter: %s", strerror(errno));
}

static uint32_t failing(int number)
{
	return number != 0 ? SECCOMP_RET_ERRNO | (uint32_t)number : SECCOMP_RET_ALLOW;
}

void filter_fail(int membarrier_errno, int futex_errno)
{
	struct sock_filter filter[] = {
		NUMBER,
		SAME(SYS_membarrier, 0, 1),
		ANSWER(failing(membarrier_errno)),
		SAME(FUTEX_CALL, 0, 1),
		ANSWER(failing(futex_errno)),
		ANSWER(SECCOMP_RET_ALLOW),
	};

	install(filter, sizeof(filter) / sizeof(*filter));
}

void filter_kill_at_wake(const void *word)
{
	const uint64_t address = (uint64_t)(uintptr_t)word;
	struct sock_filter filter[] = {
		NUMBER,
		SAME(FUTEX_CALL, 0, 7),
		HALF(1, LOW),
		SAME(FUTEX_WAKE, 0, 5),
		HALF(0, LOW),
		SAME(address & UINT32_MAX, 0, 3),
		HALF(0, HIGH),
		SAME(address >> 32, 0, 1),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		ANSWER(SECCOMP_RET_ALLOW),
	};

	install(filter, sizeof(filter) / sizeof(*filter));
}

static void on_call(int number, siginfo_t *info, void *context)
{
	char line[64];
	int len = snprintf(line, sizeof(line), "system call number %d is made\n", info->si_syscall);

	(void)number;
	(void)context;
	if (write(STDERR_FILENO, line, (size_t)len) != len)
		_exit(3);
	_exit(2);
}

void filter_trap(bool ask)
{
	const uint32_t asked = ask ? SYS_sched_getaffinity : SYS_write;
	const struct sigaction action = { .sa_sigaction = on_call, .sa_flags = SA_SIGINFO };
	struct sock_filter filter[] = {
		NUMBER,
		SAME(SYS_exit_group, 6, 0),
		SAME(SYS_write, 5, 0),
		SAME(SYS_sigaltstack, 4, 0), /* AddressSanitizer's, before the end */
#ifdef SYS_clock_gettime
		SAME(SYS_clock_gettime, 3, 0), /* where the clock is no part of the process */
#else
		SAME(SYS_clock_gettime64, 3, 0),
#endif
		SAME(asked, 2, 0),
		ANSWER(SECCOMP_RET_TRAP),
		ANSWER(SECCOMP_RET_TRAP),
		ANSWER(SECCOMP_RET_ALLOW),
	};

	CHECK(sigaction(SIGSYS, &action, NULL) == 0);
	install(filter, sizeof(filter) / sizeof(*filter));
}
