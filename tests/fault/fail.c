/* SPDX-License-Identifier: MIT */
/* fail.c - system calls that fail, by ptrace: the child's kernel never sees them. */
#define _GNU_SOURCE

#include "fail.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "fault.h"

#if defined(__x86_64__)
#define CALL(regs)   ((regs).orig_rax)
#define RESULT(regs) ((regs).rax)
#elif defined(__i386__)
#define CALL(regs)   ((regs).orig_eax)
#define RESULT(regs) ((regs).eax)
#endif

#if defined(CALL)

#define CALL_STOP (SIGTRAP | 0x80)

static int run_to_stop(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0)
		FAIL("PTRACE_SYSCALL: %s", strerror(errno));
	CHECK(waitpid(pid, &status, 0) == pid);
	if (!WIFSTOPPED(status))
		FAIL("the victim ended within its operation");
	return WSTOPSIG(status);
}

static struct user_regs_struct get_regs(pid_t pid)
{
	struct user_regs_struct regs;

	CHECK(ptrace(PTRACE_GETREGS, pid, NULL, &regs) == 0);
	return regs;
}

long fail_next(pid_t pid)
{
	int stop;

	CHECK(ptrace(PTRACE_SETOPTIONS, pid, NULL,
		     (void *)(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD)) == 0);
	stop = run_to_stop(pid);
	if (stop == SIGTRAP)
		return -1;
	if (stop != CALL_STOP)
		FAIL("the victim got signal %d", stop);
	return (long)CALL(get_regs(pid));
}

void fail_let(pid_t pid)
{
	CHECK(run_to_stop(pid) == CALL_STOP);
}

/* What gives something back does so also when it says that it failed. */
static int happens_all_the_same(long call)
{
	return call == SYS_close || call == SYS_munmap;
}

/* One that cannot, and one at whose failure libc ends the process. */
static int never_fails(long call)
{
#ifdef SYS_geteuid32
	if (call == SYS_geteuid32)
		return 1;
#endif
	return call == SYS_geteuid || call == SYS_futex;
}

void fail_it(pid_t pid, int error)
{
	struct user_regs_struct regs = get_regs(pid);

	if (never_fails((long)CALL(regs))) {
		fail_let(pid);
		return;
	}
	if (!happens_all_the_same((long)CALL(regs))) {
		CALL(regs) = (__typeof__(CALL(regs)))-1;
		CHECK(ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0);
	}
	CHECK(run_to_stop(pid) == CALL_STOP);
	regs = get_regs(pid);
	RESULT(regs) = (__typeof__(RESULT(regs)))-(long)error;
	CHECK(ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0);
}

#else

long fail_next(pid_t pid)
{
	(void)pid;
	return -1;
}

void fail_let(pid_t pid)
{
	(void)pid;
}

void fail_it(pid_t pid, int error)
{
	(void)pid;
	(void)error;
}

#endif
