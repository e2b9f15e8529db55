/* SPDX-License-Identifier: MIT */
/*
 * For the tests of holds, which are built twice: as the library is, and (KEEP_FD)
 * with the other way of holding locks, which kernels without anchors need.
 */
#ifndef HOLDS_H
#define HOLDS_H

#include <fcntl.h>
#include <unistd.h>

#include "faults.h"
#include "unit.h"

#ifdef NABD_FORCE_KEEP_FD
#define KEEP_FD 1
#define PROGRAM(name) name "_fd"
#else
#define KEEP_FD 0
#define PROGRAM(name) name
#endif

static int file;

static inline void set_up(void)
{
	file = open(unit_path("f"), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(ftruncate(file, 1 << 20), 0);
}

static inline void tear_down(void)
{
	(void)fault_met();
	nabdi_os_close(file);
}

static inline bool locked(uint64_t byte)
{
	bool is_locked;

	is(NABD_OK, nabdi_os_locked(file, byte, 1, &is_locked));
	return is_locked;
}

static inline int keep(struct nabdi_os_hold *h)
{
	int rc;

	is(NABD_OK, nabdi_os_fork_ready());
	nabdi_os_fork_hold_off();
	rc = nabdi_os_hold_keep(h);
	nabdi_os_fork_go_on();
	return rc;
}

static inline void hold(struct nabdi_os_hold *h, uint64_t byte)
{
	is(NABD_OK, nabdi_os_hold_begin(file, true, h));
	is(NABD_OK, nabdi_os_hold_lock(h, byte, false));
	is(NABD_OK, keep(h));
}

#endif
