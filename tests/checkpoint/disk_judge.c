/* SPDX-License-Identifier: MIT */
/* disk_judge.c - what a disk may hold of what was recorded; see disk.h. */
#define _GNU_SOURCE

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../fault/fault.h"
#include "trace.h"

#define SECTORS    16u
#define MOST_FILES 32u
#define MOST       16u /* values that a sector may have */

static uint64_t found;

uint64_t disk_found(void)
{
	return found;
}

/* ------------------------------------------------------------------------- the disk */

/* What may be there: one of n; written: the last of them is waiting to be. */
struct place {
	unsigned n;
	bool written;
	union {
		uint8_t bytes[SECTOR];
		uint64_t ino;
	} may[MOST];
};

static struct disk {
	unsigned files;
	uint64_t ino[MOST_FILES];
	struct place sector[MOST_FILES][SECTORS];
	struct place name; /* which file has it; 0: none */
	struct nabd_checkpoint promised; /* saves 0: nothing */
	unsigned records;
	struct nabd_checkpoint record[MOST_CALLS]; /* that were ever written */
} disk;

static unsigned file_of(uint64_t ino)
{
	for (unsigned i = 0; i < disk.files; i++)
		if (disk.ino[i] == ino)
			return i;
	CHECK(disk.files < MOST_FILES);
	disk.ino[disk.files] = ino;
	for (unsigned s = 0; s < SECTORS; s++)
		disk.sector[disk.files][s].n = 1; /* zeroes */
	return disk.files++;
}

static void put(struct place *p, const void *value, size_t len)
{
	p->written = true;
	for (unsigned i = 0; i < p->n; i++) { /* the same again: it is the last now */
		if (memcmp(&p->may[i], value, len) == 0) {
			p->may[MOST - 1] = p->may[i];
			p->may[i] = p->may[p->n - 1];
			p->may[p->n - 1] = p->may[MOST - 1];
			return;
		}
	}
	CHECK(p->n < MOST - 1);
	memcpy(&p->may[p->n++], value, len);
}

static void sync_place(struct place *p, bool failed)
{
	if (p->written && !failed) {
		p->may[0] = p->may[p->n - 1];
		p->n = 1;
	}
	p->written = false;
}

/* The fields that the test looks at, where nabd-checkpoint(5) says that they are. */
static void remember(const struct call *c)
{
	struct nabd_checkpoint *r = &disk.record[disk.records];

	if (c->len < 96)
		return; /* made void */
	memcpy(&r->sequence, c->bytes + 56, 8);
	memcpy(&r->saves, c->bytes + 80, 8);
	disk.records++;
}

/* What is shorter than a sector goes over the beginning of what was there. */
static void write_sector(struct place *p, const uint8_t *from, size_t len)
{
	uint8_t bytes[SECTOR];

	memcpy(bytes, p->may[p->n - 1].bytes, SECTOR);
	memcpy(bytes, from, len);
	put(p, bytes, SECTOR);
}

static void happen(const struct call *c)
{
	const unsigned f = c->ino ? file_of(c->ino) : 0;

	switch (c->what) {
	case WRITE:
		for (uint32_t at = 0; at < c->len; at += SECTOR)
			write_sector(&disk.sector[f][(c->at + at) / SECTOR], c->bytes + at,
				     c->len - at < SECTOR ? c->len - at : SECTOR);
		remember(c);
		break;
	case SYNC:
	case SYNC_FAILED:
		for (unsigned s = 0; s < SECTORS && c->ino; s++)
			sync_place(&disk.sector[f][s], c->what == SYNC_FAILED);
		if (!c->ino)
			sync_place(&disk.name, c->what == SYNC_FAILED);
		break;
	case NAME:
		put(&disk.name, &c->ino, sizeof(c->ino));
		break;
	case PROMISE:
		disk.promised = c->said;
		break;
	}
}

/* ----------------------------------------------------------------------- the verdict */

static void judge_load(const char *path)
{
	struct nabd_checkpoint got = { .size = sizeof(got) };
	int rc = nabd_checkpoint_load(path, &got);

	found++;
	if (rc != NABD_OK)
		FAIL("after a loss of power: %s, promised was save %llu", fault_error(rc),
		     (unsigned long long)disk.promised.saves);
	if (got.saves < disk.promised.saves ||
	    (got.saves == disk.promised.saves && got.sequence != disk.promised.sequence))
		FAIL("save %llu (%llu) after save %llu (%llu) was promised",
		     (unsigned long long)got.saves, (unsigned long long)got.sequence,
		     (unsigned long long)disk.promised.saves,
		     (unsigned long long)disk.promised.sequence);
	for (unsigned i = 0; i < disk.records; i++)
		if (disk.record[i].saves == got.saves && disk.record[i].sequence == got.sequence)
			return;
	FAIL("save %llu (%llu) was never made", (unsigned long long)got.saves,
	     (unsigned long long)got.sequence);
}

/* Every choice of what each sector holds: all of them, however many differ. */
static void judge_file(unsigned f)
{
	unsigned turn[SECTORS] = { 0 }, s;
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/crashed", fault_dir());
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	do {
		for (s = 0; s < SECTORS; s++)
			CHECK(disk_write(fd, disk.sector[f][s].may[turn[s]].bytes, SECTOR,
				       s * SECTOR) == SECTOR);
		judge_load(path);
		for (s = 0; s < SECTORS && ++turn[s] == disk.sector[f][s].n; s++)
			turn[s] = 0;
	} while (s < SECTORS);
	close(fd);
	CHECK(unlink(path) == 0);
}

static void lose_power(void)
{
	for (unsigned i = 0; i < disk.name.n; i++) {
		if (disk.name.may[i].ino)
			judge_file(file_of(disk.name.may[i].ino));
		else if (disk.promised.saves)
			FAIL("no file after save %llu was promised",
			     (unsigned long long)disk.promised.saves);
	}
}

void disk_judge(void)
{
	memset(&disk, 0, sizeof(disk));
	disk.name.n = 1; /* none */
	lose_power();
	for (unsigned i = 0; i < disk_trace->n; i++) {
		happen(&disk_trace->call[i]);
		lose_power();
	}
}
