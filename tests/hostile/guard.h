/* SPDX-License-Identifier: MIT */
/*
 * guard.h - the library's mappings of queues lie between two wide stretches that nobody
 * may touch: an access outside is a death by SIGSEGV. The linker gives us its calls of
 * mmap() and munmap() (-Wl,--wrap), so that nothing in the library knows.
 */
#ifndef NABD_TEST_GUARD_H
#define NABD_TEST_GUARD_H

/* How many queues are mapped now. */
unsigned guard_mapped(void);

#endif
