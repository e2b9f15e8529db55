/* SPDX-License-Identifier: MIT */
/*
 * The floor: sleeping on a shared word and waking, the barrier that lets a waker do
 * without a fence, and what a wait asks of clock and scheduler.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "os.h"

#define SECOND UINT64_C(1000000000)
#define FORBIDDEN_NS 1000000u /* between looks where there is no sleeping on a word */

int nabdi_os_barrier_join(void)
{
	return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0
		       ? NABD_OK
		       : NABD_SYSTEM;
}

int nabdi_os_barrier(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) == 0)
		return NABD_OK;
	return errno == ENOMEM ? NABD_NOMEM : NABD_SYSTEM;
}

/* futex(2) as this machine has it: with two longs, or, on new 32-bit ones, two 64-bit words. */
#ifdef SYS_futex
typedef long futex_word;
#define FUTEX_CALL SYS_futex
#else
typedef int64_t futex_word;
#define FUTEX_CALL SYS_futex_time64
#endif

void nabdi_os_sleep_on(const nabd_cell32 *word, uint32_t value, uint64_t ns)
{
	futex_word limit[2] = {0};

	if (ns / SECOND > INT32_MAX)
		ns = (uint64_t)INT32_MAX * SECOND;
	limit[0] = (futex_word)(ns / SECOND);
	limit[1] = (futex_word)(ns % SECOND);
	if (syscall(FUTEX_CALL, &word->v, FUTEX_WAIT, value, limit, NULL, 0) == 0)
		return;
	/* Otherwise the word has changed, a signal came, or the time is over. */
	if (errno == ENOSYS || errno == EPERM || errno == EACCES)
		nabdi_os_sleep_ns(ns < FORBIDDEN_NS ? ns : FORBIDDEN_NS);
}

uint32_t nabdi_os_wake(const nabd_cell32 *word, uint32_t n)
{
	const int most = n < INT_MAX ? (int)n : INT_MAX;
	const long woken = syscall(FUTEX_CALL, &word->v, FUTEX_WAKE, most, NULL, NULL, 0);

	return woken > 0 ? (uint32_t)woken : 0;
}

void nabdi_os_sleep_ns(uint64_t ns)
{
	struct timespec left = {.tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND)};

	if (ns / SECOND > INT32_MAX)
		left.tv_sec = INT32_MAX;
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

void nabdi_os_yield(void)
{
	(void)sched_yield();
}

uint64_t nabdi_os_steady_ns(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

bool nabdi_os_one_cpu(void)
{
	cpu_set_t allowed;

	/* It fails where there are more than fit in. */
	return sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_COUNT(&allowed) == 1;
}
