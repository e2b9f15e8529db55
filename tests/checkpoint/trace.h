/* SPDX-License-Identifier: MIT */
/* trace.h - what disk.c records and disk_judge.c reads. */
#ifndef NABD_TEST_TRACE_H
#define NABD_TEST_TRACE_H

#include <stdint.h>
#include <sys/types.h>

#include "disk.h"

#define SECTOR     512u
#define MOST_CALLS 256u

enum what { WRITE, SYNC, SYNC_FAILED, NAME, PROMISE };

/* Something that happened to a file; ino 0: to the directory. */
struct call {
	enum what what;
	uint64_t ino;
	uint32_t at;
	uint32_t len;
	uint8_t bytes[4096];
	struct nabd_checkpoint said; /* of a promise */
};

struct trace {
	enum disk_trouble trouble;
	unsigned trouble_at;
	bool troubled;
	unsigned calls; /* of the library */
	unsigned n;
	struct call call[MOST_CALLS];
};

extern struct trace *disk_trace;

/* Not recorded: what the judge writes. */
ssize_t disk_write(int fd, const void *buf, size_t len, off64_t at);

#endif
