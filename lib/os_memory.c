/* SPDX-License-Identifier: MIT */
/*
 * The floor: huge pages for a mapping, and what the kernel says that a mapping got. The
 * wish for huge pages is never an error, as the kernel may not have any at the moment:
 * who wants to know asks, and pays for the answer only then.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* One entry of the page table's last level but one: 2 MiB where pages have 4 KiB. */
size_t nabdi_os_huge_page(void)
{
	return (size_t)nabdi_os_page() * (nabdi_os_page() / 8);
}

uint8_t *nabdi_os_huge_place(size_t bytes)
{
	const size_t huge = nabdi_os_huge_page();
	uint8_t *room;
	int saved = errno;

	if (bytes < huge || bytes > SIZE_MAX - huge)
		return NULL;
	room = mmap(NULL, bytes + huge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		    -1, 0);
	if (room == MAP_FAILED) {
		errno = saved;
		return NULL;
	}
	nabdi_os_unmap(room, bytes + huge);
	return room + (huge - (uintptr_t)room % huge) % huge;
}

void nabdi_os_ask_huge(uint8_t *base, size_t bytes)
{
	const size_t huge = nabdi_os_huge_page();
	int saved = errno;

	/* For pages to come, where the mount's options or shmem_enabled say "advise". */
	(void)madvise(base, bytes, MADV_HUGEPAGE);
	/* For those that are there, since Linux 6.1, whatever the mount's options say. */
	for (size_t at = 0; at + huge <= bytes; at += huge)
		if (madvise(base + at, huge, MADV_COLLAPSE) != 0 && errno == EINVAL)
			break; /* not this kernel, or not at this address: nor the next */
	errno = saved;
}

/* A part of our mapping, as its lines tell it. */
struct part {
	bool ours;
	uint64_t bytes;
};

static void read_line(const char *line, uintptr_t from, uintptr_t to, struct part *part,
		      struct nabdi_os_memory *memory)
{
	unsigned long long a, b;

	if (sscanf(line, "%llx-%llx ", &a, &b) == 2) {
		part->ours = a >= from && b <= to;
		part->bytes = b - a;
		memory->bytes += part->ours ? part->bytes : 0;
	} else if (!part->ours) {
		return;
	} else if (sscanf(line, "Rss: %llu kB", &a) == 1) {
		memory->mapped += a * 1024;
	} else if (sscanf(line, "ShmemPmdMapped: %llu kB", &a) == 1 ||
		   sscanf(line, "FilePmdMapped: %llu kB", &a) == 1) {
		memory->huge += a * 1024;
	} else if (sscanf(line, "Swap: %llu kB", &a) == 1) {
		memory->swapped += a * 1024;
	} else if (strncmp(line, "VmFlags:", 8) == 0 && strstr(line, " lo") != NULL) {
		/* Not "Locked:", which counts a page that two have mapped as half a page. */
		memory->locked += part->bytes;
	}
}

int nabdi_os_memory(const uint8_t *base, size_t bytes, struct nabdi_os_memory *memory)
{
	const size_t page = nabdi_os_page();
	const uintptr_t from = (uintptr_t)base;
	const uintptr_t to = from + (bytes + page - 1) / page * page;
	const int fd = openat(AT_FDCWD, "/proc/self/smaps", O_RDONLY | O_CLOEXEC);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	struct part part = {false, 0};
	bool begins = true;
	char line[256];

	if (file == NULL) {
		if (fd >= 0)
			nabdi_os_close(fd);
		return NABD_SYSTEM;
	}
	*memory = (struct nabdi_os_memory){0};
	while (fgets(line, sizeof(line), file) != NULL) {
		/* The rest of a long line is a file's name: anything may stand there. */
		if (begins)
			read_line(line, from, to, &part, memory);
		begins = strchr(line, '\n') != NULL;
	}
	(void)fclose(file);
	if (memory->bytes == to - from)
		return NABD_OK;
	errno = EIO; /* a /proc that is not Linux's */
	return NABD_SYSTEM;
}
