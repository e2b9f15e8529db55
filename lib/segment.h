/* SPDX-License-Identifier: MIT */
/*
 * A mapped segment: made, found, named, let go. What it holds is the concern of
 * others; here it is a file with three regions.
 */
#ifndef NABD_SEGMENT_H
#define NABD_SEGMENT_H

#include <stdbool.h>

#include "layout.h"
#include "os.h"

/* Where a queue is to be found, and whose it may be. */
struct nabdi_place {
	int dirfd;
	char name[NABD_MAX_NAME + 1];
};

/* Whose queue is accepted: the caller's own, and those of */
struct nabdi_owners {
	bool anyone;
	bool also;
	uint32_t also_uid;
};

struct nabdi_segment {
	int fd;        /* holds no locks, ever: its mappings are inherited by children */
	struct nabdi_os_file file; /* which fd is open on, as long as nobody meddles with it */
	uint8_t *base; /* the whole file */
	struct nabdi_geometry geometry;
	uint8_t incarnation[16];
	uint64_t created_ns;
	char temp[NABDI_OS_TEMP_NAME]; /* the name of one not published yet, if it has one */
};

/* Take the [/]name apart and open the directory; dir NULL is the default one. */
int nabdi_place_find(const char *name, const char *dir, struct nabdi_place *place);
void nabdi_place_leave(struct nabdi_place *place);

/* A new segment, whole but without a name. huge: it would like huge pages. */
int nabdi_segment_make(const struct nabdi_place *place, const struct nabdi_geometry *geometry,
		       uint32_t mode, bool set_group, uint32_t group, bool huge,
		       struct nabdi_segment *segment);

/* Give it its name: it is seen from here on. NABD_EXISTS if another was first. */
int nabdi_segment_publish(const struct nabdi_place *place, struct nabdi_segment *segment);

/*
 * Open what bears the name, and ask what it is; the caller closes segment->fd. Its bytes
 * were not looked at. After an error nothing is open.
 */
int nabdi_segment_open(const struct nabdi_place *place, bool writable,
		       struct nabdi_segment *segment);

/* Whether the file may be a queue's that we accept: NABD_UNSAFE, NABD_OWNER, NABD_NOTFOUND. */
int nabdi_segment_accept(const struct nabdi_os_file *file, const struct nabdi_owners *owners);

/* Find one that exists, check it, and map it for reading. */
int nabdi_segment_find(const struct nabdi_place *place, const struct nabdi_owners *owners,
		       bool writable, bool huge, struct nabdi_segment *segment);

/* Unmap and close; an unpublished one is gone with this. */
void nabdi_segment_leave(const struct nabdi_place *place, struct nabdi_segment *segment);

/* Remove the name of a queue. */
int nabdi_segment_unlink(const struct nabdi_place *place);

/* Whether fd still is the segment's file; errno says why not. */
bool nabdi_segment_own(const struct nabdi_segment *segment);

/* Map every page now, for writing where the roles write. */
int nabdi_segment_prefault(const struct nabdi_segment *segment, bool producer, bool consumer);

/* Let the regions be written that the roles need. */
int nabdi_segment_allow(struct nabdi_segment *segment, bool producer, bool consumer);

static inline struct nabd_shm_producer *nabdi_segment_producer(const struct nabdi_segment *s)
{
	return (struct nabd_shm_producer *)(void *)s->base;
}

static inline struct nabd_shm_consumers *nabdi_segment_consumers(const struct nabdi_segment *s)
{
	return (struct nabd_shm_consumers *)(void *)(s->base + s->geometry.consumer_off);
}

#endif
