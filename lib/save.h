/* SPDX-License-Identifier: MIT */
/*
 * How far a group is, kept in a file that outlives the machine (checkpoint.h has its
 * bytes). A save writes the older of the two records and syncs it, so that the newer one
 * is there whatever happens.
 *
 * That holds only if the newer one is on the disk, under its name, which its being read
 * does not tell: who wrote it may have died before its sync, or the sync may have failed;
 * and what the kernel has failed to write once it does not write when asked again. So a
 * saver relies on a record only that it has seen synced itself. In all other cases, its
 * first save and the one after a failure among them, it makes a new file, and puts that
 * in the place of the other once it is on the disk.
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
	struct nabdi_os_file known; /* whose record of that number is on the disk; inode 0: none */
	uint64_t known_saves;
	uint8_t accepted[16]; /* another queue, which the program goes on from */
	bool accepts;
	bool saved;        /* once at least */
	uint64_t sequence; /* what the last save said */
	/* By itself: */
	char *path; /* NULL: not */
	uint64_t every_messages; /* 0: not for messages */
	uint64_t every_ns;       /* 0: not for time */
	bool kept;               /* the last of these is on the disk, and says kept_sequence */
	uint64_t kept_sequence;
	uint64_t done;           /* messages that the member had released then */
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
