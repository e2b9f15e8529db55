/* SPDX-License-Identifier: MIT */
/*
 * The two processes: how they are made, pinned, brought to one line before each
 * step, and ended. Neither outlives the other: the parent is told by SIGCHLD,
 * the child is killed by the kernel when its parent ends.
 */
#include "bench.h"
#include "spin.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEAVE_MS   5000
#define MEET_SPINS 2000u /* looks before the CPU is given away */

static pid_t partner; /* side A: the child; side B: 0 */
static int cpu_of[SIDES];

_Noreturn void team_fail(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	team_end();
	_exit(1);
}

/* Shared by inheritance, and every page of it present before anything is timed. */
struct board *team_board(void)
{
	struct board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (board == MAP_FAILED)
		team_fail("mmap", strerror(errno));
	board->pid = (long)getpid();
	return board;
}

/*
 * The CPUs to run on: those asked for (-1: any), else the first two allowed.
 * Returns how many there are, 1 or 2.
 */
int team_cpus(int wanted[SIDES])
{
	cpu_set_t allowed;
	int cpu, n = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		team_fail("sched_getaffinity", strerror(errno));
	if (wanted[SIDE_A] >= 0) {
		for (n = 0; n < SIDES; n++) {
			if (wanted[n] >= CPU_SETSIZE || !CPU_ISSET((size_t)wanted[n], &allowed))
				team_fail("--cpus", "no such CPU, or not allowed");
		}
		return wanted[SIDE_A] == wanted[SIDE_B] ? 1 : 2;
	}
	for (cpu = 0; cpu < CPU_SETSIZE && n < SIDES; cpu++) {
		if (CPU_ISSET((size_t)cpu, &allowed))
			wanted[n++] = cpu;
	}
	if (n == 1)
		wanted[SIDE_B] = wanted[SIDE_A];
	return n;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		team_fail("sched_setaffinity", strerror(errno));
}

/* Processes beside the two end too, and are waited for elsewhere (others.c). */
static bool partner_ended(void)
{
	siginfo_t info;

	info.si_pid = 0;
	return partner && !waitid(P_PID, (id_t)partner, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid;
}

static void partner_gone(int sig)
{
	static const char text[] = "bench: the other process has ended\n";

	(void)sig;
	if (!partner_ended())
		return;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

static void sample_hangs(int sig)
{
	static const char text[] = "bench: a sample does not end; a message was lost?\n";

	(void)sig;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

static void on_signal(int sig, void (*handler)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler;
	sa.sa_flags = SA_RESTART | SA_NOCLDSTOP;
	sigaction(sig, &sa, NULL);
}

/* Make side B. Returns twice, as fork does; seat->side tells who one is. */
void team_start(const int cpus[SIDES], struct seat *seat)
{
	pid_t parent = getpid();

	fflush(NULL);
	on_signal(SIGCHLD, partner_gone);
	on_signal(SIGALRM, sample_hangs);
	partner = fork();
	if (partner < 0) {
		partner = 0;
		team_fail("fork", strerror(errno));
	}
	seat->side = partner ? SIDE_A : SIDE_B;
	if (seat->side == SIDE_B) {
		on_signal(SIGCHLD, SIG_DFL);
		/* Ctrl-C reaches both: side A finishes the sample and then ends B. */
		on_signal(SIGINT, SIG_IGN);
		on_signal(SIGTERM, SIG_IGN);
		on_signal(SIGHUP, SIG_IGN);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
			_exit(1);
	}
	memcpy(cpu_of, cpus, sizeof(cpu_of));
	pin(cpu_of[seat->side]);
}

/* Both on the CPU of side A, or each on its own again. */
void team_share(const struct seat *seat, int one_cpu)
{
	pin(cpu_of[one_cpu ? SIDE_A : seat->side]);
}

/* The private memory of a side; after the fork, or its pages would be copied later. */
void team_seat(struct seat *seat)
{
	size_t rtts = MAX_RTTS * sizeof(*seat->rtt), buf = BUF_ROOM;
	unsigned char *p = mmap(NULL, rtts + POOL_ROOM + buf, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (p == MAP_FAILED)
		team_fail("mmap", strerror(errno));
	seat->pool = p;
	seat->buf = p + POOL_ROOM;
	seat->rtt = (uint32_t *)(void *)(p + POOL_ROOM + buf);
	memset(seat->pool, 0x5a, POOL_ROOM);
}

/* SIGCHLD may be blocked here, so a child that ended must be looked for. */
static void partner_check(void)
{
	if (partner_ended()) {
		partner = 0;
		team_fail("other process", "has ended");
	}
}

/* Wait for the other side to come to the same step. */
void team_meet(struct seat *seat)
{
	atomic_uint_fast64_t *other = &seat->board->met[!seat->side].word;
	uint64_t spins = 0;

	spin_store(&seat->board->met[seat->side].word, ++seat->meets);
	while (spin_load(other) < seat->meets) {
		if (++spins < MEET_SPINS) {
			spin_pause();
			continue;
		}
		sched_yield();
		if (spins % 256 == 0)
			partner_check();
	}
}

/* Side A: let side B, which has been told to quit, take its leave; but not for ever. */
void team_leave(void)
{
	for (int i = 0; i < LEAVE_MS && partner; i++) {
		if (waitpid(partner, NULL, WNOHANG) == partner)
			partner = 0;
		else
			(void)usleep(1000);
	}
	team_end();
}

/* Side A: end side B, as something has failed. */
void team_end(void)
{
	pid_t pid = partner;

	partner = 0;
	if (!pid)
		return;
	on_signal(SIGCHLD, SIG_DFL);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
