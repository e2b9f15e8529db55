/* SPDX-License-Identifier: MIT */
/* fail.c - system calls that fail, by ptrace: the child's kernel never sees them. */
#define _GNU_SOURCE

#include "fail.h"

#include <errno.h>
#include <link.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"

#if defined(__x86_64__)
#define PC(regs)     ((regs).rip)
#define CALL(regs)   ((regs).orig_rax)
#define SECOND(regs) ((regs).rsi)
#define RESULT(regs) ((regs).rax)
#elif defined(__i386__)
#define PC(regs)     ((regs).eip)
#define CALL(regs)   ((regs).orig_eax)
#define SECOND(regs) ((regs).ecx)
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

static int find_libc(struct dl_phdr_info *info, size_t size, void *range)
{
	uintptr_t *of = range;
	uintptr_t known = (uintptr_t)&getppid;

	(void)size;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
		uintptr_t to = from + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type == PT_LOAD && known >= from && known < to) {
			of[0] = from;
			of[1] = to;
			return 1;
		}
	}
	return 0;
}

/* A sanitizer makes calls of its own, and ends the process if they fail. */
static int is_from_libc(uintptr_t pc)
{
	static uintptr_t range[2];

	if (!range[1])
		dl_iterate_phdr(find_libc, range);
	return pc >= range[0] && pc < range[1];
}

/* What gives something back does so also when it says that it failed. */
static int happens_all_the_same(long call)
{
	return call == SYS_close || call == SYS_munmap;
}

/* One that cannot, and one at whose failure libc ends the process, if it is libc's own. */
static int never_fails(const struct user_regs_struct *regs)
{
	const long call = (long)CALL(*regs);

#ifdef SYS_geteuid32
	if (call == SYS_geteuid32)
		return 1;
#endif
	return call == SYS_geteuid ||
	       (call == SYS_futex && (SECOND(*regs) & FUTEX_PRIVATE_FLAG) != 0);
}

void fail_it(pid_t pid, int error)
{
	struct user_regs_struct regs = get_regs(pid);

	if (never_fails(&regs) || !is_from_libc((uintptr_t)PC(regs))) {
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

const int fail_errors[] = {
	EIO, ENOSPC, EINTR, ENOMEM, EMFILE, EACCES, EPERM, ENOLCK, ENOENT, EOPNOTSUPP, EINVAL,
};
const size_t fail_error_count = sizeof(fail_errors) / sizeof(*fail_errors);

bool fail_about_memory(long call)
{
#ifdef SYS_mmap2
	if (call == SYS_mmap2)
		return true;
#endif
	return call == SYS_mmap || call == SYS_mlock || call == SYS_brk;
}

bool fail_one(pid_t pid, unsigned n, int error, bool from_there_on, struct fail_told *told)
{
	unsigned i;
	long call;

	told->error = 0;
	told->many = from_there_on;
	for (i = 0; (call = fail_next(pid)) >= 0; i++) {
		if (i < n || (i > n && !from_there_on)) {
			fail_let(pid);
			continue;
		}
		if (i == n) {
			told->call = call;
			told->error = error;
		}
		fail_it(pid, error);
	}
	return i > n;
}
