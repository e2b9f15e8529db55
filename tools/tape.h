/* SPDX-License-Identifier: MIT */
/*
 * The file that record writes and replay reads; its format is described in nabd(1). It is
 * a header and then blocks, each with a checksum: so a file whose end is torn off, by a
 * crash or a full disk, is good up to there.
 */
#ifndef NABD_TOOL_TAPE_H
#define NABD_TOOL_TAPE_H

#include "tool.h"

#define TAPE_MOST_QUEUES 64u

enum tape_kind { TAPE_QUEUE = 1, TAPE_MESSAGE = 2, TAPE_MISSED = 3, TAPE_END = 4 };

/** A block, of any kind. */
struct tape_block {
	enum tape_kind kind;
	uint32_t queue;                   /* number of the queue, from 0 */
	uint64_t time;                    /* message, missed: ns since the start */
	uint64_t number;                  /* message: sequence; missed, end: how many */
	uint32_t slots, slot_size;        /* queue */
	uint32_t flags;                   /* 1: queue: it overwrites; message: redelivered */
	const void *data;                 /* queue: its name; message: what it holds */
	uint32_t len;
};

struct tape {
	FILE *file;
	const char *name;
	uint64_t started;  /* CLOCK_REALTIME, ns */
	uint64_t at;       /* offset of the next block */
	bool ended;        /* an end block was read */
	bool closed;       /* the reader of what is written has had enough */
	unsigned char *buf;
	size_t size;
};

/* To write; "-" is standard output. A file that is there is not overwritten unless force
 * is set. TOOL_OK or an exit code. */
int tape_create(struct tape *t, const char *name, bool force);
/* Errors show in tape_flush(). */
void tape_put(struct tape *t, const struct tape_block *block);
/* Complains about a failure, once; not about a closed pipe. */
bool tape_flush(struct tape *t);

/* To read; "-" is standard input. */
int tape_open(struct tape *t, const char *name);
/* 1: *block is the next, until the next call; 0: the end, of the file or of what is whole
 * of it (t->ended tells which); -1: damaged amidst, or another error: it was said. */
int tape_next(struct tape *t, struct tape_block *block);

/* Also a failure to close is one: answers false. */
bool tape_close(struct tape *t);

#endif
