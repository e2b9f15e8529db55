/* SPDX-License-Identifier: MIT */
/*
 * System calls that fail when a test wants it. The program is linked with
 * --wrap for each of them (unit_faults_ldflags in local.mk), so that the calls of
 * the library come here first, and those of libc and of a sanitizer do not.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>

/*
 * From here on, the nth call fails with that error: of the functions of that name
 * ("openat" is openat64 too), or of all if call is NULL. nth 0: none does.
 */
void fault_arm(const char *call, unsigned nth, int error);

/* The same, and all calls after it as well. */
void fault_arm_from(const char *call, unsigned nth, int error);

/* Disarm; whether it was met. */
bool fault_met(void);

/* Instead of failing, run this before the nth call, with nothing armed. */
void fault_hook(const char *call, unsigned nth, void (*hook)(void));

/* As on a file system that has no files without a name: it says this; 0: it has. */
void fault_no_tmpfile(int error);

/* Limit what one read(2) of a file gives, 0 for as much as is asked for. */
void fault_short_reads(unsigned bytes);

#endif
