/* SPDX-License-Identifier: MIT */
/* guard.c - mappings between guards: see guard.h. */
#define _GNU_SOURCE

#include "guard.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../fault/fault.h"

#define GUARD ((size_t)1 << (sizeof(void *) == 8 ? 30 : 24)) /* bytes, on each side */
#define MOST  64u                                             /* mappings at once */

void *__real_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd, int64_t offset);
int __real_munmap(void *at, size_t len);
int __wrap_munmap(void *at, size_t len);

static void *guarded[MOST];
static unsigned mapped;

static void **find(const void *at)
{
	for (unsigned i = 0; i < MOST; i++)
		if (guarded[i] == at)
			return &guarded[i];
	return NULL;
}

unsigned guard_mapped(void)
{
	return mapped;
}

void *__wrap_mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	void **room = find(NULL);
	uint8_t *around, *p;

	/* One page is no queue, but keeps a lock alive; it is never read. */
	if (fd < 0 || (flags & MAP_FIXED) != 0 || len <= (size_t)sysconf(_SC_PAGESIZE))
		return __real_mmap(at, len, prot, flags, fd, offset);
	CHECK(room != NULL);
	around = __real_mmap(NULL, len + 2 * GUARD, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (around == MAP_FAILED)
		return MAP_FAILED;
	p = __real_mmap(around + GUARD, len, prot, flags | MAP_FIXED, fd, offset);
	if (p == MAP_FAILED) {
		__real_munmap(around, len + 2 * GUARD);
		return MAP_FAILED;
	}
	*room = p;
	mapped++;
	return p;
}

void *__wrap_mmap64(void *at, size_t len, int prot, int flags, int fd, int64_t offset)
{
	return __wrap_mmap(at, len, prot, flags, fd, (off_t)offset);
}

int __wrap_munmap(void *at, size_t len)
{
	void **room = at != NULL ? find(at) : NULL;

	if (room == NULL)
		return __real_munmap(at, len);
	*room = NULL;
	mapped--;
	return __real_munmap((uint8_t *)at - GUARD, len + 2 * GUARD);
}
