/* SPDX-License-Identifier: MIT */
/*
 * Recordings, byte by byte; see tape.h. All numbers have their least significant byte
 * first, on every machine.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tape.h"

#define HEADER_SIZE 32u
#define BLOCK_SIZE  12u /* kind, size of the body, checksum */
#define FIXED_SIZE  24u /* of a body, before its data */
#define MOST_BODY   (FIXED_SIZE + NABD_MAX_SLOT_SIZE)

static const char magic[8] = { 'N', 'A', 'B', 'D', 'R', 'E', 'C', '\n' };

static void put(unsigned char *to, uint64_t number, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		to[i] = (unsigned char)(number >> 8 * i);
}

static uint64_t get(const unsigned char *from, unsigned bytes)
{
	uint64_t number = 0;

	for (unsigned i = bytes; i-- > 0;)
		number = number << 8 | from[i];
	return number;
}

/* CRC-32C, of several pieces; begin with 0. */
static uint32_t checksum(uint32_t crc, const void *data, size_t len)
{
	static uint32_t table[256];
	const unsigned char *p = data;

	for (uint32_t i = 0; table[255] == 0 && i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ ((table[i] & 1) != 0 ? 0x82f63b78u : 0);
	}
	crc = ~crc;
	while (len-- > 0)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}

static int refused(const char *name)
{
	tool_say("%s: %s", name, strerror(errno));
	return errno == ENOENT ? TOOL_GONE : TOOL_FAILED;
}

/* Only a regular file has something to lose. */
static int open_to_write(const char *name, bool force)
{
	struct stat st;
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	if (!force && stat(name, &st) == 0 && S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	return open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);
}

int tape_create(struct tape *t, const char *name, bool force)
{
	unsigned char header[HEADER_SIZE] = { 0 };
	int fd;

	memset(t, 0, sizeof(*t));
	t->name = strcmp(name, "-") == 0 ? "standard output" : name;
	t->started = tool_date();
	fd = strcmp(name, "-") == 0 ? dup(STDOUT_FILENO) : open_to_write(name, force);
	if (fd < 0)
		return refused(t->name);
	t->file = fdopen(fd, "wb");
	if (t->file == NULL)
		return refused(t->name);
	memcpy(header, magic, sizeof(magic));
	put(header + 8, 1, 4); /* version */
	put(header + 16, t->started, 8);
	put(header + 28, checksum(0, header, 28), 4);
	fwrite(header, 1, sizeof(header), t->file);
	return TOOL_OK;
}

void tape_put(struct tape *t, const struct tape_block *block)
{
	unsigned char head[BLOCK_SIZE + FIXED_SIZE] = { 0 }, *body = head + BLOCK_SIZE;
	uint32_t crc;

	put(head, block->kind, 4);
	put(head + 4, FIXED_SIZE + block->len, 4);
	put(body, block->queue, 4);
	put(body + 4, block->flags, 4);
	put(body + 8, block->kind == TAPE_QUEUE ? block->slots : block->time, 8);
	put(body + 16, block->kind == TAPE_QUEUE ? block->slot_size : block->number, 8);
	crc = checksum(checksum(0, head, 8), body, FIXED_SIZE);
	if (block->len > 0)
		crc = checksum(crc, block->data, block->len);
	put(head + 8, crc, 4);
	fwrite(head, 1, sizeof(head), t->file);
	if (block->len > 0)
		fwrite(block->data, 1, block->len, t->file);
}

bool tape_flush(struct tape *t)
{
	if (t->file == NULL)
		return false;
	errno = 0;
	if (fflush(t->file) == 0 && !ferror(t->file))
		return true;
	t->closed = t->closed || errno == EPIPE;
	if (!t->closed)
		tool_say("%s: %s", t->name, strerror(errno != 0 ? errno : EIO));
	return false;
}

int tape_open(struct tape *t, const char *name)
{
	unsigned char header[HEADER_SIZE];

	memset(t, 0, sizeof(*t));
	t->name = strcmp(name, "-") == 0 ? "standard input" : name;
	t->file = strcmp(name, "-") == 0 ? fdopen(dup(STDIN_FILENO), "rb") : fopen(name, "rbe");
	if (t->file == NULL)
		return refused(t->name);
	errno = 0;
	if (fread(header, 1, sizeof(header), t->file) != sizeof(header)) {
		if (ferror(t->file))
			return refused(t->name);
		tool_say("%s: too short for a recording", t->name);
		return TOOL_FAILED;
	}
	if (memcmp(header, magic, sizeof(magic)) != 0 ||
	    get(header + 28, 4) != checksum(0, header, 28)) {
		tool_say("%s: not a recording of nabd", t->name);
		return TOOL_FAILED;
	}
	if (get(header + 8, 4) != 1 || get(header + 12, 4) != 0) {
		tool_say("%s: a recording of version %u, which is too new", t->name,
			 (unsigned)get(header + 8, 4));
		return TOOL_FAILED;
	}
	t->started = get(header + 16, 8);
	t->at = HEADER_SIZE;
	return TOOL_OK;
}

/* Bytes come as they are there: a size that is made up allocates no gigabyte. */
static size_t read_body(struct tape *t, size_t len)
{
	size_t got = 0;

	while (got < len) {
		size_t n = len - got < 65536 ? len - got : 65536;

		if (got + n > t->size) {
			const size_t size = got + n > 2 * t->size ? got + n : 2 * t->size;
			unsigned char *buf = realloc(t->buf, size);

			if (buf == NULL)
				break;
			t->buf = buf;
			t->size = size;
		}
		n = fread(t->buf + got, 1, n, t->file);
		if (n == 0)
			break;
		got += n;
	}
	return got;
}

static int damaged(struct tape *t)
{
	tool_say("%s: damaged at byte %llu", t->name, (unsigned long long)t->at);
	return -1;
}

int tape_next(struct tape *t, struct tape_block *block)
{
	unsigned char head[BLOCK_SIZE];
	const unsigned char *body;
	uint64_t len;

	if (fread(head, 1, sizeof(head), t->file) != sizeof(head))
		return ferror(t->file) ? damaged(t) : 0;
	len = get(head + 4, 4);
	if (len > MOST_BODY)
		return damaged(t);
	if (read_body(t, (size_t)len) != len)
		return feof(t->file) ? 0 : damaged(t);
	if (checksum(checksum(0, head, 8), t->buf, (size_t)len) != get(head + 8, 4)) {
		/* The last block, half written, is a torn end; one with more behind is not. */
		return getc(t->file) == EOF && feof(t->file) ? 0 : damaged(t);
	}
	if (len < FIXED_SIZE)
		return damaged(t);
	t->at += BLOCK_SIZE + len;
	body = t->buf;
	block->kind = (enum tape_kind)get(head, 4);
	block->queue = (uint32_t)get(body, 4);
	block->flags = (uint32_t)get(body + 4, 4);
	block->time = block->number = 0;
	block->slots = block->slot_size = 0;
	if (block->kind == TAPE_QUEUE) {
		block->slots = (uint32_t)get(body + 8, 8);
		block->slot_size = (uint32_t)get(body + 16, 8);
	} else {
		block->time = get(body + 8, 8);
		block->number = get(body + 16, 8);
	}
	block->data = body + FIXED_SIZE;
	block->len = (uint32_t)(len - FIXED_SIZE);
	t->ended = block->kind == TAPE_END;
	return 1;
}

bool tape_close(struct tape *t)
{
	const bool good = t->file == NULL || fclose(t->file) == 0;

	free(t->buf);
	t->file = NULL;
	t->buf = NULL;
	return good;
}
