/* SPDX-License-Identifier: MIT */
/*
 * How far a group is, kept in a file that outlives the machine (checkpoint.h has its
 * bytes). A save writes the older of the two records and syncs it, so that the newer one
 * is there whatever happens. That holds only if the newer one is on the disk, which its
 * being read does not tell: the saver knows which records it has seen synced itself, and
 * writes any other one again before it touches the older.
 *
 * What the kernel has failed to write once is not asked for again. The record is made
 * void, for those who come by another way, and the next save makes a new file.
 */
#ifndef NABD_SAVE_H
#define NABD_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include <nabd/nabd.h>

#include "checkpoint.h"
#include "member.h"

/* What a consumer knows of its checkpoints. Zeroed: nothing. */
struct nabdi_saver {
	struct nabdi_os_file known;      /* whose record of that number is on the disk */
	uint64_t known_saves;
	struct nabdi_os_file distrusted; /* writing to it failed: put a new one in its place */
	uint8_t accepted[16];            /* another queue, which the program goes on from */
	bool accepts;
	bool saved;                      /* once at least */
	uint64_t sequence;               /* what the last save said */
	/* By itself: */
	char *path; /* NULL: not */
	uint64_t every_messages; /* 0: not for messages */
	uint64_t every_ns;       /* 0: not for time */
	bool kept;               /* the last of these is on the disk, and says kept_sequence */
	uint64_t kept_sequence;
	uint64_t given;          /* messages that the member had been given then */
	uint64_t looked_ns;
	int error;               /* the first that was not told yet */
	int error_errno;
};

/* Save how far the member's group is. wait: up to 200 ms for another who does, or NABD_BUSY. */
int nabdi_save(struct nabdi_saver *saver, struct nabdi_member *m, const char *path, bool wait);

/* What the file says, all but the size. */
int nabdi_save_load(const char *path, struct nabd_checkpoint *checkpoint);

/* Let the group go on where the file says. flags, and what is filled in, are resume's. */
int nabdi_save_resume(struct nabdi_saver *saver, struct nabdi_member *m, const char *path,
		      struct nabd_resume *resume);

/* Save now, and from now on by itself. path NULL: not any more. */
int nabdi_save_auto(struct nabdi_saver *saver, struct nabdi_member *m, const char *path,
		    uint64_t every_messages, uint64_t every_ns);

/* The member leaves: save a last time if it does by itself, and forget all. */
int nabdi_save_end(struct nabdi_saver *saver, struct nabdi_member *m, bool forked);

#endif
