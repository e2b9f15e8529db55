/* SPDX-License-Identifier: MIT */
/*
 * Messages in a stream of bytes; see frame.h.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

#define MORE 65536 /* bytes beside the longest message: so much is read at once */

enum frame_kind frame_parse(const char *text)
{
	if (strcmp(text, "lines") == 0)
		return FRAME_LINES;
	if (strcmp(text, "length") == 0)
		return FRAME_LENGTH;
	if (strcmp(text, "raw") == 0)
		return FRAME_RAW;
	tool_usage("--framing: not lines, length or raw: %s", text);
}

bool frame_open(struct frame_reader *f, int fd, enum frame_kind kind, size_t most)
{
	memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->kind = kind;
	f->most = most;
	f->size = most + MORE;
	f->buf = malloc(f->size);
	return f->buf != NULL;
}

void frame_close(struct frame_reader *f)
{
	free(f->buf);
	f->buf = NULL;
}

/* Read on behind what is there. False after an error or a signal. */
static bool read_more(struct frame_reader *f)
{
	ssize_t n;

	if (f->begin > 0) {
		memmove(f->buf, f->buf + f->begin, f->end - f->begin);
		f->end -= f->begin;
		f->begin = 0;
	}
	n = tool_read(f->fd, f->buf + f->end, f->size - f->end);
	if (n < 0) {
		if (errno == EINTR || errno == EAGAIN)
			return tool_stopped == 0;
		tool_say("standard input: %s", strerror(errno));
		return false;
	}
	f->eof = n == 0;
	f->end += (size_t)n;
	return true;
}

static int too_long(const struct frame_reader *f, size_t len)
{
	tool_say("message %llu has %s%zu bytes, the queue's slots take %zu",
		 (unsigned long long)f->number + 1, f->kind == FRAME_LINES ? "more than " : "",
		 f->kind == FRAME_LINES ? f->most : len, f->most);
	return -1;
}

/* Each of these: 1, 0 or -1 as frame_next(), or 2 if more bytes are needed. */
static int next_line(struct frame_reader *f, const char **data, size_t *len, size_t *used)
{
	const size_t there = f->end - f->begin;
	const char *begin = f->buf + f->begin, *newline;

	newline = there > f->looked ? memchr(begin + f->looked, '\n', there - f->looked) : NULL;
	f->looked = newline != NULL ? 0 : there;
	*data = begin;
	*len = newline != NULL ? (size_t)(newline - begin) : there;
	*used = *len + (newline != NULL);
	if (*len > f->most)
		return too_long(f, *len);
	if (newline != NULL)
		return 1;
	return !f->eof ? 2 : there > 0;
}

static int next_length(struct frame_reader *f, const char **data, size_t *len, size_t *used)
{
	const size_t there = f->end - f->begin;
	const unsigned char *begin = (const unsigned char *)f->buf + f->begin;

	if (there >= 4) {
		*len = begin[0] | (size_t)begin[1] << 8 | (size_t)begin[2] << 16 |
		       (size_t)begin[3] << 24;
		*data = (const char *)begin + 4;
		*used = 4 + *len;
		if (*len > f->most)
			return too_long(f, *len);
		if (there >= *used)
			return 1;
	}
	if (!f->eof)
		return 2;
	if (there == 0)
		return 0;
	tool_say("standard input ends within message %llu", (unsigned long long)f->number + 1);
	return -1;
}

static int next_block(struct frame_reader *f, const char **data, size_t *len, size_t *used)
{
	const size_t there = f->end - f->begin;

	*data = f->buf + f->begin;
	*len = *used = there < f->most ? there : f->most;
	if (there >= f->most && f->most > 0)
		return 1;
	return !f->eof ? 2 : there > 0;
}

int frame_next(struct frame_reader *f, const char **data, size_t *len)
{
	size_t used = 0;
	int rc;

	for (;;) {
		rc = f->kind == FRAME_LINES    ? next_line(f, data, len, &used)
		     : f->kind == FRAME_LENGTH ? next_length(f, data, len, &used)
					       : next_block(f, data, len, &used);
		if (rc != 2)
			break;
		if (!read_more(f))
			return -1;
	}
	if (rc == 1) {
		f->begin += used;
		f->number++;
	}
	return rc;
}

void frame_put(enum frame_kind kind, const void *data, uint32_t len)
{
	const unsigned char prefix[4] = { (unsigned char)len, (unsigned char)(len >> 8),
					  (unsigned char)(len >> 16), (unsigned char)(len >> 24) };

	if (kind == FRAME_LENGTH)
		fwrite(prefix, 1, sizeof(prefix), stdout);
	if (len > 0)
		fwrite(data, 1, len, stdout);
	if (kind == FRAME_LINES)
		putchar('\n');
}
