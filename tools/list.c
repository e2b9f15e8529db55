/* SPDX-License-Identifier: MIT */
/*
 * Which queues a directory holds. Files of other kinds lie there too, and are passed over;
 * a queue that may not be opened is listed with the reason.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "look.h"

const char *look_dir(void)
{
	const char *dir = tool_settings.dir;

	if (dir == NULL)
		dir = secure_getenv("NABD_DIR");
	return dir != NULL && *dir != '\0' ? dir : "/dev/shm";
}

static struct look_queue *new_queue(struct look_list *list, const char *name)
{
	struct look_queue *queue;

	if (list->count == list->room) {
		const size_t room = list->room > 0 ? 2 * list->room : 16;
		struct look_queue *queues = realloc(list->queues, room * sizeof(*queues));

		if (queues == NULL)
			return NULL;
		list->queues = queues;
		list->room = room;
	}
	queue = &list->queues[list->count];
	memset(queue, 0, sizeof(*queue));
	snprintf(queue->name, sizeof(queue->name), "%s", name + (*name == '/'));
	return queue;
}

static void open_queue(struct look_queue *queue, int dirfd)
{
	struct nabd_opts opts = NABD_OPTS_INIT;
	struct stat st;

	tool_fill_opts(&opts);
	if (dirfd >= 0 && fstatat(dirfd, queue->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		queue->owner = st.st_uid;
		queue->mode = st.st_mode;
		queue->bytes = (uint64_t)st.st_size;
	}
	queue->error = nabd_open_opts(queue->name, 0, 0, NABD_OBSERVE, &opts, &queue->q);
	if (queue->error == NABD_OK)
		queue->error = look_take(queue->q, &queue->look);
}

/* Whether it is, or may be, a queue: one of somebody else, or a damaged one, is shown. */
static bool may_be_queue(const struct look_queue *queue)
{
	switch (queue->error) {
	case NABD_OK:
	case NABD_TRUNCATED:
	case NABD_FORMAT:
	case NABD_BYTEORDER:
	case NABD_CORRUPT:
	case NABD_NOMEM:
		return true;
	default:
		return false;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct look_queue *)a)->name, ((const struct look_queue *)b)->name);
}

int look_list_open(struct look_list *list)
{
	DIR *dir = opendir(look_dir());
	const struct dirent *entry;

	memset(list, 0, sizeof(*list));
	if (dir == NULL) {
		const int rc = errno == ENOENT || errno == ENOTDIR ? TOOL_GONE : TOOL_FAILED;

		tool_say("%s: %s", look_dir(), strerror(errno));
		return rc;
	}
	while ((entry = readdir(dir)) != NULL) {
		struct look_queue *queue;

		if (entry->d_name[0] == '.' || strlen(entry->d_name) > NABD_MAX_NAME)
			continue;
		queue = new_queue(list, entry->d_name);
		if (queue == NULL)
			break;
		open_queue(queue, dirfd(dir));
		/* Whose header may not be read: by its owner and rights alone. */
		if (may_be_queue(queue) || (queue->error == NABD_OWNER && S_ISREG(queue->mode)))
			list->count++;
		else
			nabd_close(queue->q);
	}
	closedir(dir);
	if (list->count > 0)
		qsort(list->queues, list->count, sizeof(*list->queues), by_name);
	return TOOL_OK;
}

/* All of them, also those that can't be opened. */
int look_list_any(struct look_list *list, char **names, int count)
{
	DIR *dir = opendir(look_dir());
	int rc = TOOL_OK;

	memset(list, 0, sizeof(*list));
	for (int i = 0; i < count; i++) {
		struct look_queue *queue = new_queue(list, names[i]);

		if (queue == NULL) {
			rc = tool_complain(names[i], NABD_NOMEM);
			break;
		}
		open_queue(queue, dir != NULL ? dirfd(dir) : -1);
		list->count++;
	}
	if (dir != NULL)
		closedir(dir);
	return rc;
}

int look_list_named(struct look_list *list, char **names, int count)
{
	int rc = look_list_any(list, names, count);
	size_t good = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct look_queue *queue = &list->queues[i];

		if (queue->error == NABD_OK) {
			list->queues[good++] = *queue;
			continue;
		}
		rc = tool_complain(names[i], queue->error);
		nabd_close(queue->q);
	}
	list->count = good;
	return rc;
}

void look_list_close(struct look_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		nabd_close(list->queues[i].q);
	free(list->queues);
	memset(list, 0, sizeof(*list));
}
