/* SPDX-License-Identifier: MIT */
/*
 * Segments appear whole or not at all: a file without a name is allocated,
 * written and locked, and then linked to its name in one step. What is found
 * under a name is taken for hostile until nabdi_layout_check() has passed it.
 */
#include <errno.h>
#include <string.h>

#include "probe.h"
#include "segment.h"

static bool letter_or_digit(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Names are this narrow so that none can leave the directory or hide in it. */
static int check_name(const char *name)
{
	size_t len = strnlen(name, NABD_MAX_NAME + 1);

	if (len == 0 || len > NABD_MAX_NAME || !letter_or_digit(name[0]))
		return NABD_NAME;
	for (size_t i = 1; i < len; i++)
		if (!letter_or_digit(name[i]) && strchr("._-", name[i]) == NULL)
			return NABD_NAME;
	return NABD_OK;
}

int nabdi_place_find(const char *name, const char *dir, struct nabdi_place *place)
{
	int rc;

	if (name[0] == '/')
		name++;
	rc = check_name(name);
	if (rc != NABD_OK)
		return rc;
	memcpy(place->name, name, strlen(name) + 1);
	return nabdi_os_open_dir(dir != NULL ? dir : nabdi_os_default_dir(), &place->dirfd);
}

void nabdi_place_leave(struct nabdi_place *place)
{
	nabdi_os_close(place->dirfd);
}

int nabdi_segment_make(const struct nabdi_place *place, const struct nabdi_geometry *geometry,
		       uint32_t mode, bool set_group, uint32_t group, bool huge,
		       struct nabdi_segment *segment)
{
	struct nabdi_segment s = {.fd = -1, .geometry = *geometry};
	int rc = nabdi_os_random(s.incarnation, sizeof(s.incarnation));

	if (rc == NABD_OK)
		rc = nabdi_os_new_file(place->dirfd, geometry->total, &s.fd, s.temp);
	if (rc != NABD_OK)
		return rc;
	s.created_ns = nabdi_os_realtime_ns();
	rc = nabdi_os_look(s.fd, &s.file);
	if (rc == NABD_OK)
		rc = nabdi_os_set_access(s.fd, mode, set_group, group);
	if (rc == NABD_OK)
		rc = nabdi_os_map(s.fd, (size_t)geometry->total, huge, &s.base);
	if (rc == NABD_OK)
		rc = nabdi_os_allow_writes(s.base, geometry->page);
	if (rc != NABD_OK) {
		nabdi_segment_leave(place, &s);
		return rc;
	}
	/* All else is zero, and right so: no message, no group, no producer yet. */
	nabdi_layout_identify(geometry, s.incarnation, s.created_ns,
			      &nabdi_segment_producer(&s)->identity);
	*segment = s;
	return NABD_OK;
}

int nabdi_segment_publish(const struct nabdi_place *place, struct nabdi_segment *segment)
{
	int rc = nabdi_os_name_file(place->dirfd, segment->fd, segment->temp, place->name);

	if (rc == NABD_OK)
		segment->temp[0] = '\0';
	return rc;
}

int nabdi_segment_accept(const struct nabdi_os_file *file, const struct nabdi_owners *owners)
{
	if (file->links == 0)
		return NABD_NOTFOUND; /* removed since we opened it */
	if (file->links > 1)
		return NABD_UNSAFE; /* somebody made us open a file of another place */
	if (!owners->anyone && file->owner != nabdi_os_user() &&
	    !(owners->also && file->owner == owners->also_uid))
		return NABD_OWNER;
	return NABD_OK;
}

int nabdi_segment_open(const struct nabdi_place *place, bool writable,
		       struct nabdi_segment *segment)
{
	struct nabdi_segment s = {.fd = -1};
	int rc = nabdi_os_open_file(place->dirfd, place->name, writable, &s.fd);

	if (rc == NABD_OK)
		rc = nabdi_os_look(s.fd, &s.file);
	if (rc != NABD_OK)
		nabdi_segment_leave(place, &s);
	*segment = s;
	return rc;
}

int nabdi_segment_find(const struct nabdi_place *place, const struct nabdi_owners *owners,
		       bool writable, bool huge, struct nabdi_segment *segment)
{
	struct nabdi_segment s;
	struct nabd_shm_identity identity;
	size_t got;
	int rc = nabdi_segment_open(place, writable, &s);

	if (rc != NABD_OK)
		return rc;
	rc = nabdi_segment_accept(&s.file, owners);
	if (rc == NABD_OK)
		rc = nabdi_os_read(s.fd, &identity, sizeof(identity), &got);
	if (rc == NABD_OK)
		rc = nabdi_layout_check(&identity, got, s.file.bytes, nabdi_os_page(), &s.geometry);
	/* A file with holes: each of them a SIGBUS when memory is short. */
	if (rc == NABD_OK && s.file.allocated < s.geometry.total)
		rc = NABD_TRUNCATED;
	if (rc == NABD_OK)
		rc = nabdi_os_map(s.fd, (size_t)s.geometry.total, huge, &s.base);
	if (rc != NABD_OK) {
		nabdi_segment_leave(place, &s);
		return rc;
	}
	memcpy(s.incarnation, identity.incarnation, sizeof(s.incarnation));
	s.created_ns = identity.created_ns;
	*segment = s;
	return NABD_OK;
}

void nabdi_segment_leave(const struct nabdi_place *place, struct nabdi_segment *segment)
{
	if (segment->base != NULL)
		nabdi_os_unmap(segment->base, (size_t)segment->geometry.total);
	if (place != NULL)
		nabdi_os_drop_file(place->dirfd, segment->temp);
	if (segment->fd >= 0)
		nabdi_os_close_own(segment->fd, &segment->file);
	segment->base = NULL;
	segment->fd = -1;
}

/*
 * nabd_recover() removes a queue that nobody has open. As long as it makes sure of that, the
 * name must stay this file's, or it would take another one's away. Given back with fd.
 */
static int lock_name(int fd)
{
	const struct nabdi_os_hold hold = {.fd = fd};
	unsigned tries = 0;
	int rc;

	do
		rc = nabdi_os_hold_lock(&hold, NABD_SHM_LOCK_ADMIN, true);
	while (rc == NABD_BUSY && nabdi_os_lock_again(&tries));
	if (rc != NABD_BUSY)
		return rc;
	errno = EAGAIN;
	return NABD_SYSTEM;
}

int nabdi_segment_unlink(const struct nabdi_place *place)
{
	uint8_t first[sizeof(NABD_SHM_MAGIC)];
	struct nabdi_os_file file = {0};
	size_t got = 0;
	int fd;
	int rc = nabdi_os_open_file(place->dirfd, place->name, false, &fd);

	if (rc != NABD_OK)
		return rc;
	rc = nabdi_os_look(fd, &file);
	if (rc == NABD_OK)
		rc = nabdi_os_read(fd, first, sizeof(first), &got);
	if (rc == NABD_OK && !nabdi_layout_is_queue(first, got))
		rc = NABD_NOTQUEUE;
	if (rc == NABD_OK)
		rc = lock_name(fd);
	if (rc == NABD_OK)
		rc = nabdi_os_remove(place->dirfd, place->name, &file);
	nabdi_os_close(fd);
	nabd_probe3(unlink, (const char *)place->name, file.inode, rc);
	return rc;
}

bool nabdi_segment_own(const struct nabdi_segment *segment)
{
	struct nabdi_os_file now;

	if (nabdi_os_look(segment->fd, &now) != NABD_OK)
		return false;
	if (nabdi_os_same(&now, &segment->file))
		return true;
	errno = EBADF;
	return false;
}

int nabdi_segment_prefault(const struct nabdi_segment *s, bool producer, bool consumer)
{
	const struct nabdi_geometry *g = &s->geometry;
	int rc = nabdi_os_prefault(s->base, (size_t)g->consumer_off, producer);

	if (rc == NABD_OK)
		rc = nabdi_os_prefault(s->base + g->consumer_off,
				       (size_t)(g->slots_off - g->consumer_off),
				       producer || consumer);
	if (rc == NABD_OK)
		rc = nabdi_os_prefault(s->base + g->slots_off, (size_t)(g->total - g->slots_off),
				       producer);
	return rc;
}

int nabdi_segment_allow(struct nabdi_segment *s, bool producer, bool consumer)
{
	const struct nabdi_geometry *g = &s->geometry;
	const size_t consumers = (size_t)(g->slots_off - g->consumer_off);
	int rc = NABD_OK;

	if (producer)
		rc = nabdi_os_allow_writes(s->base, (size_t)g->consumer_off);
	/* The producer marks its passing in the roster (edge C). */
	if (rc == NABD_OK && (producer || consumer))
		rc = nabdi_os_allow_writes(s->base + g->consumer_off, consumers);
	if (rc == NABD_OK && producer)
		rc = nabdi_os_allow_writes(s->base + g->slots_off,
					   (size_t)(g->total - g->slots_off));
	return rc;
}
