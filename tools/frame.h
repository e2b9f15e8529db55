/* SPDX-License-Identifier: MIT */
/*
 * Messages in a stream of bytes: how push takes standard input apart, and how pop joins
 * messages together on standard output.
 */
#ifndef NABD_TOOL_FRAME_H
#define NABD_TOOL_FRAME_H

#include "tool.h"

enum frame_kind {
	FRAME_LINES,  /* each line is a message, without its newline */
	FRAME_LENGTH, /* 4 bytes of length, least significant first, then the message */
	FRAME_RAW     /* blocks of the slots' size; the last may be shorter */
};

/* "lines", "length" or "raw", else exit with TOOL_USAGE. */
enum frame_kind frame_parse(const char *text);

struct frame_reader {
	int fd;
	enum frame_kind kind;
	size_t most;       /* longest message */
	char *buf;
	size_t size, begin, end, looked;
	bool eof;
	uint64_t number;   /* of the message, from 1 */
};

bool frame_open(struct frame_reader *f, int fd, enum frame_kind kind, size_t most);
void frame_close(struct frame_reader *f);
/* 1: *data and *len are the next message, until the next call; 0: the end; -1: it was said
 * what is wrong, or tool_stopped is set. */
int frame_next(struct frame_reader *f, const char **data, size_t *len);
/* A message to standard output; errors show in tool_flush(). */
void frame_put(enum frame_kind kind, const void *data, uint32_t len);

#endif
