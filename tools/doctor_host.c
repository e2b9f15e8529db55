/* SPDX-License-Identifier: MIT */
/*
 * nabd doctor, the machine: where queues live, limits, memory.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "doctor.h"
#include "look.h"
#include "term.h"

#define TMPFS   0x01021994 /* linux/magic.h */
#define RAMFS   0x858458f6
#define SMALL   (64u << 20) /* the usual size of /dev/shm in a container */

static void check_kind(const char *dir)
{
	struct statfs fs;

	if (statfs(dir, &fs) != 0)
		return;
	if ((unsigned long)fs.f_type != TMPFS && (unsigned long)fs.f_type != RAMFS)
		doctor_find(FINDING_HINT, "file system",
			    "use a tmpfs, as /dev/shm is: on a disk every page is written back",
			    "%s is no tmpfs", dir);
}

static void check_room(const char *dir)
{
	struct statvfs fs;
	char total[TERM_TEXT], left[TERM_TEXT];
	uint64_t size, avail;

	if (statvfs(dir, &fs) != 0)
		return;
	size = (uint64_t)fs.f_blocks * fs.f_frsize;
	avail = (uint64_t)fs.f_bavail * fs.f_frsize;
	term_bytes(total, (double)size);
	term_bytes(left, (double)avail);
	if (size > 0 && avail < size / 10)
		doctor_find(FINDING_TROUBLE, "room",
			    "remove what is not needed (nabd ls), or mount -o remount,size=…",
			    "%s of %s left in %s", left, total, dir);
	else if (size > 0 && size <= SMALL)
		doctor_find(FINDING_HINT, "room", "in a container: docker run --shm-size=1g; "
			    "else mount -o remount,size=1g /dev/shm",
			    "only %s in all in %s", total, dir);
	else
		doctor_find(FINDING_GOOD, "room", NULL, "%s of %s left in %s", left, total, dir);
	if (fs.f_files > 0 && fs.f_favail < 16)
		doctor_find(FINDING_TROUBLE, "room", "remove files, or remount with nr_inodes=…",
			    "hardly any inode is left in %s", dir);
}

static void check_dir(void)
{
	const char *dir = look_dir();

	if (access(dir, R_OK | W_OK | X_OK) != 0) {
		const int error = errno;

		doctor_find(FINDING_TROUBLE, "directory", error == ENOENT ?
			    "mount a tmpfs there, or set NABD_DIR to a directory" :
			    "ask for rights on it, or set NABD_DIR to a directory of your own",
			    "%s: %s", dir, strerror(error));
		return;
	}
	doctor_find(FINDING_GOOD, "directory", NULL, "%s may be read and written", dir);
	check_kind(dir);
	check_room(dir);
}

/* Roles are locks on descriptors of one's own, which are opened through it. */
static void check_proc(void)
{
	if (access("/proc/thread-self/fd", X_OK) != 0)
		doctor_find(FINDING_TROUBLE, "proc",
			    "mount -t proc proc /proc; with -o subset=pid if need be",
			    "/proc is not mounted, or cannot be used: no queue can be opened "
			    "but to look");
	else
		doctor_find(FINDING_GOOD, "proc", NULL, "/proc is there");
}

/* logind removes what a user has in /dev/shm when the last session ends. */
static void check_logind(void)
{
	static const char *const files[] = {
		"/etc/systemd/logind.conf", "/run/systemd/logind.conf",
		"/usr/lib/systemd/logind.conf",
	};
	bool removes = true; /* systemd's default, where nobody says otherwise */

	if (strcmp(look_dir(), "/dev/shm") != 0 || access("/run/systemd/system", F_OK) != 0)
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *file = fopen(files[i], "re");
		char line[256];

		while (file != NULL && fgets(line, sizeof(line), file) != NULL)
			if (strncmp(line, "RemoveIPC=", 10) == 0)
				removes = strchr("yY1tT", line[10]) != NULL;
		if (file != NULL) {
			fclose(file);
			break; /* the first that is there counts */
		}
	}
	if (removes && getuid() >= 1000)
		doctor_find(FINDING_HINT, "RemoveIPC", "RemoveIPC=no in /etc/systemd/logind.conf, "
			    "or loginctl enable-linger, or run as a system user",
			    "queues of this user vanish when the last session ends");
	else
		doctor_find(FINDING_GOOD, "RemoveIPC", NULL,
			    "logind leaves the queues of this user");
}

static void check_limits(void)
{
	struct rlimit limit;
	char text[TERM_TEXT];

	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
		if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < SMALL &&
		    geteuid() != 0)
			doctor_find(FINDING_HINT, "memlock", "for NABD_MLOCK only: ulimit -l, "
				    "LimitMEMLOCK= or /etc/security/limits.conf",
				    "%s may be locked in RAM",
				    term_bytes(text, (double)limit.rlim_cur));
		else
			doctor_find(FINDING_GOOD, "memlock", NULL, "enough may be locked in RAM");
	}
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		doctor_find(FINDING_HINT, "address space", "ulimit -v unlimited",
			    "limited to %s: large queues may not be mapped",
			    term_bytes(text, (double)limit.rlim_cur));
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		doctor_find(FINDING_TROUBLE, "file size", "ulimit -f unlimited",
			    "limited to %s: larger queues cannot be made",
			    term_bytes(text, (double)limit.rlim_cur));
}

/* The mount's option huge= and shmem_enabled's other values do not hinder NABD_HUGE_PAGES. */
static void check_huge_pages(void)
{
	char line[128];

	if (!doctor_read_line("/sys/kernel/mm/transparent_hugepage/shmem_enabled", line,
			      sizeof(line)))
		doctor_find(FINDING_HINT, "huge pages", "for large queues only: a kernel with "
			    "CONFIG_TRANSPARENT_HUGEPAGE", "this kernel has none");
	else if (strstr(line, "[deny]") != NULL)
		doctor_find(FINDING_HINT, "huge pages", "for large queues only: echo never > "
			    "/sys/kernel/mm/transparent_hugepage/shmem_enabled, as root",
			    "forbidden to shared memory");
	else
		doctor_find(FINDING_GOOD, "huge pages", NULL, "not forbidden (NABD_HUGE_PAGES)");
}

static void check_memory(void)
{
	char line[128];

	if (doctor_read_line("/proc/sys/vm/overcommit_memory", line, sizeof(line))) {
		if (strcmp(line, "2") == 0)
			doctor_find(FINDING_HINT, "overcommit",
				    "raise vm.overcommit_ratio if queues fail with NABD_NOMEM",
				    "strict: all that is mapped counts at once");
		else
			doctor_find(FINDING_GOOD, "overcommit", NULL, "not strict");
	}
	check_huge_pages();
	if (sysconf(_SC_NPROCESSORS_ONLN) == 1)
		doctor_find(FINDING_HINT, "processors", "two make waiting cheaper: a wait never "
			    "spins on one", "there is only one");
}

void doctor_host(void)
{
	check_dir();
	check_proc();
	check_logind();
	check_limits();
	check_memory();
}
