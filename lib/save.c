/* SPDX-License-Identifier: MIT */
/* Checkpoints: saved, read, gone on from. */
#include <errno.h>
#include <string.h>

#include "probe.h"
#include "save.h"

#define MAX_TRIES    64 /* so often may the file come and go under our hands */
#define MAX_FAILURES 8 /* to find a whole record */

/* A checkpoint's file that is open and locked, and what is in it. */
struct place {
	int dirfd;
	const char *name;
	int fd;
	struct nabdi_os_hold watch; /* closed in a forked child, which would keep the lock */
	struct nabdi_os_file file;
	struct nabd_checkpoint newest;
	unsigned which; /* of the two records it is */
};

/* Where no error of its own is promised. */
static int plain(int rc)
{
	return rc == NABD_NOMEM || rc == NABD_EXISTS ? NABD_SYSTEM : rc;
}

/*
 * What is to be saved: nothing below it is held by the group, and nothing from it on is
 * lost. The floor before the group's words: what lies below it came to nothing. Where
 * messages are overwritten the group may itself be below the floor, and is taken at its word.
 */
static int take(struct nabdi_member *m, struct nabd_checkpoint *now)
{
	const struct nabd_shm_producer *producer = m->claims.producer;
	uint64_t from, head;

	if (m->state == MEMBER_ENDED || !nabdi_claim_open(&m->claims))
		return nabdi_member_learn_end(m);
	from = m->claims.overwrite ? 0 : cell_load_acquire(&producer->tail);
	/* Members that live may be beyond a head that was read before. */
	now->sequence = nabdi_group_low(m->claims.consumers, m->group, from, from + INT64_MAX);
	cell_fence_acquire(); /* edge H: if the group has ended, that was another's */
	if (now->sequence == NABDI_GROUP_CLOSED || !nabdi_claim_open(&m->claims))
		return nabdi_member_learn_end(m);
	head = cell_load_acquire(&producer->head);
	/* What a producer has stamped is ahead of head by a lap at most. */
	if ((int64_t)(now->sequence - head) > (int64_t)m->claims.ring.mask + 1)
		return NABD_CORRUPT; /* and the checkpoint that is there stays */
	now->head = head > now->sequence ? head : now->sequence;
	now->group = m->group;
	now->saved_ns = nabdi_os_realtime_ns();
	memcpy(now->incarnation, m->segment->incarnation, sizeof(now->incarnation));
	return NABD_OK;
}

static int read_once(int fd, struct nabd_checkpoint *newest, unsigned *which)
{
	uint8_t bytes[NABD_FILE_BYTES];
	size_t got;
	int rc = nabdi_os_read(fd, bytes, sizeof(bytes), &got);

	return rc == NABD_OK ? nabdi_checkpoint_pick(bytes, got, newest, which) : rc;
}

/*
 * Others may save meanwhile: one record may be read before it is overwritten, and the other
 * one while it is. What is the newest twice was so in between, as numbers only grow. That
 * there is none must be seen more often.
 */
static int read_newest(int fd, struct nabd_checkpoint *newest, unsigned *which)
{
	uint64_t saves = 0;
	int rc = NABD_OK, failures = 0;

	for (int i = 0; i < MAX_TRIES && failures < MAX_FAILURES; i++) {
		rc = read_once(fd, newest, which);
		if (rc == NABD_SYSTEM || (rc == NABD_OK && newest->saves == saves))
			return rc;
		failures = rc == NABD_OK ? 0 : failures + 1;
		saves = rc == NABD_OK ? newest->saves : 0;
	}
	return rc;
}

static int lock(int fd, bool wait)
{
	unsigned tries = 0;
	int rc;

	do
		rc = nabdi_os_lock_file(fd);
	while (rc == NABD_BUSY && wait && nabdi_os_lock_again(&tries));
	return rc;
}

/* No fork in between: a child would share the description, and the lock with it. */
static int open_place(struct place *p)
{
	int rc;

	nabdi_os_fork_hold_off();
	rc = nabdi_os_open_file(p->dirfd, p->name, true, &p->fd);
	if (rc == NABD_OK) {
		p->watch = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
		p->watch.fd = p->fd;
		nabdi_os_fork_watch(&p->watch);
	}
	nabdi_os_fork_go_on();
	return rc;
}

static void close_place(struct place *p)
{
	nabdi_os_fork_hold_off();
	nabdi_os_fork_unwatch(&p->watch);
	nabdi_os_close(p->fd);
	nabdi_os_fork_go_on();
}

static void leave(struct place *p)
{
	nabdi_os_unlock_file(p->fd);
	close_place(p);
}

/*
 * Who held the lock before us may have put a new file in the place of the one we opened.
 * What is no checkpoint is not even locked: in a queue that would be a role.
 */
static int enter(struct place *p, bool wait)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		int rc = open_place(p);

		if (rc != NABD_OK)
			return rc;
		rc = read_newest(p->fd, &p->newest, &p->which);
		if (rc != NABD_OK) {
			close_place(p);
			return rc;
		}
		rc = lock(p->fd, wait);
		if (rc == NABD_OK)
			rc = nabdi_os_look(p->fd, &p->file);
		if (rc == NABD_OK && nabdi_os_has_name(p->dirfd, p->name, &p->file))
			return NABD_OK;
		leave(p);
		if (rc != NABD_OK)
			return rc;
	}
	return NABD_BUSY;
}

static void know(struct nabdi_saver *saver, const struct nabdi_os_file *file,
		 const struct nabd_checkpoint *now)
{
	saver->known = *file;
	saver->known_saves = now->saves;
	saver->sequence = now->sequence;
	saver->saved = true;
}

/* A new file with the checkpoint in it, whole and on the disk, that has no name yet. */
static int make_file(int dirfd, int like, const struct nabd_file_record *record, int *fd,
		     char temp[NABDI_OS_TEMP_NAME])
{
	int rc = nabdi_os_new_file(dirfd, NABD_FILE_BYTES, fd, temp);

	if (rc != NABD_OK)
		return rc;
	if (like >= 0)
		nabdi_os_copy_access(like, *fd);
	else
		rc = nabdi_os_set_access(*fd, 0600, false, 0); /* which the umask has cut */
	if (rc == NABD_OK)
		rc = nabdi_os_write(*fd, record, sizeof(*record), 0);
	if (rc == NABD_OK)
		rc = nabdi_os_sync(*fd);
	if (rc != NABD_OK) {
		nabdi_os_drop_file(dirfd, temp);
		nabdi_os_close(*fd);
	}
	return rc;
}

/* old < 0: there is no file of that name, or NABD_EXISTS; else it is replaced. */
static int put_file(struct nabdi_saver *saver, const struct place *p, int old,
		    struct nabd_checkpoint *now)
{
	char temp[NABDI_OS_TEMP_NAME];
	struct nabd_file_record record;
	struct nabdi_os_file file;
	int fd, rc = nabdi_checkpoint_encode(now, &record);

	if (rc == NABD_OK)
		rc = make_file(p->dirfd, old, &record, &fd, temp);
	if (rc != NABD_OK)
		return rc;
	rc = nabdi_os_look(fd, &file);
	/* Syncing has taken its time: who is no saver may have put a file of his own there. */
	if (rc == NABD_OK && old >= 0 && !nabdi_os_has_name(p->dirfd, p->name, &p->file))
		rc = NABD_EXISTS;
	if (rc == NABD_OK)
		rc = old < 0 ? nabdi_os_name_file(p->dirfd, fd, temp, p->name)
			     : nabdi_os_replace(p->dirfd, fd, temp, p->name);
	if (rc != NABD_OK) {
		nabdi_os_drop_file(p->dirfd, temp);
	} else {
		rc = nabdi_os_sync(p->dirfd);
		if (rc == NABD_OK)
			know(saver, &file, now);
	}
	nabdi_os_close(fd);
	return rc;
}

static int write_older(const struct place *p, const struct nabd_checkpoint *now)
{
	struct nabd_file_record record;
	int rc = nabdi_checkpoint_encode(now, &record);

	if (rc == NABD_OK)
		rc = nabdi_os_write(p->fd, &record, sizeof(record),
				    (uint64_t)(1 - p->which) * NABD_FILE_RECORD);
	return rc == NABD_OK ? nabdi_os_sync_data(p->fd) : rc;
}

/* The file is there, and locked. */
static int renew(struct nabdi_saver *saver, struct nabdi_member *m, struct place *p)
{
	struct nabd_checkpoint now = {0};
	int rc = read_newest(p->fd, &p->newest, &p->which);

	if (rc != NABD_OK)
		return rc;
	if (p->newest.group != m->group ||
	    (memcmp(p->newest.incarnation, m->segment->incarnation, 16) != 0 &&
	     (!saver->accepts || memcmp(p->newest.incarnation, saver->accepted, 16) != 0)))
		return NABD_FOREIGN;
	rc = take(m, &now);
	if (rc != NABD_OK)
		return rc;
	now.saves = p->newest.saves + 1;
	/* The newest record may be in memory alone, and the older one all that the disk has. */
	if (!nabdi_os_same(&p->file, &saver->known) || saver->known_saves != p->newest.saves)
		return put_file(saver, p, p->fd, &now);
	saver->known.inode = 0; /* until this is there */
	rc = write_older(p, &now);
	if (rc == NABD_OK)
		know(saver, &p->file, &now);
	return rc;
}

static int create(struct nabdi_saver *saver, struct nabdi_member *m, const struct place *p)
{
	struct nabd_checkpoint now = {.saves = 1};
	int rc = take(m, &now);

	return rc == NABD_OK ? put_file(saver, p, -1, &now) : rc;
}

static int save(struct nabdi_saver *saver, struct nabdi_member *m, const char *path, bool wait)
{
	struct place p;
	int rc = nabdi_os_open_parent(path, true, &p.dirfd, &p.name);

	if (rc != NABD_OK)
		return rc;
	rc = NABD_EXISTS;
	for (int i = 0; i < MAX_TRIES && rc == NABD_EXISTS; i++) {
		rc = enter(&p, wait);
		if (rc == NABD_OK) {
			rc = renew(saver, m, &p);
			leave(&p);
		} else if (rc == NABD_NOTFOUND) {
			rc = create(saver, m, &p); /* another may be faster */
		}
	}
	nabdi_os_close(p.dirfd);
	return plain(rc);
}

int nabdi_save(struct nabdi_saver *saver, struct nabdi_member *m, const char *path, bool wait)
{
	const int before = nabdi_os_cancel_off();
	const int rc = save(saver, m, path, wait);

	nabdi_os_cancel_as(before);
	nabd_probe5(checkpoint_save, path, m->segment->file.inode, m->group, saver->sequence, rc);
	return rc;
}

int nabdi_save_load(const char *path, struct nabd_checkpoint *checkpoint)
{
	const char *name;
	unsigned which;
	int dirfd, fd, rc = nabdi_os_open_parent(path, false, &dirfd, &name);

	if (rc != NABD_OK)
		return rc;
	rc = nabdi_os_open_file(dirfd, name, false, &fd);
	nabdi_os_close(dirfd);
	if (rc != NABD_OK)
		return plain(rc);
	rc = read_newest(fd, checkpoint, &which);
	nabdi_os_close(fd);
	return rc;
}
