/* SPDX-License-Identifier: MIT */
/*
 * What can be seen of queues without taking part in them: which there are, and how each is.
 */
#ifndef NABD_TOOL_LOOK_H
#define NABD_TOOL_LOOK_H

#include "tool.h"

#define LOOK_GROUPS (NABD_MAX_GROUPS + 1)

/** One look at a queue. */
struct look {
	uint64_t when; /* tool_now() */
	struct nabd_stats stats;
	struct nabd_group_info groups[LOOK_GROUPS];
	unsigned group_count;
	unsigned readers;  /* live members of all groups, and the default group's reader */
	unsigned fill;     /* percent */
	uint64_t lag;      /* of the slowest group; without one, all that waits */
	struct nabd_latency latency; /* of all readers; size 0: messages have no times */
};

/* NABD_OK, or an error of the library. */
int look_take(nabd_t *q, struct look *look);
/* Whether some process sends or receives. */
bool look_alive(const struct look *look);

/** A queue of the directory. */
struct look_queue {
	char name[NABD_MAX_NAME + 1];
	int error;      /* why it could not be looked at; NABD_OK: q is open to observe */
	nabd_t *q;
	uid_t owner;
	mode_t mode;
	uint64_t bytes; /* size of the file */
	struct look look;
};

struct look_list {
	struct look_queue *queues;
	size_t count;
	size_t room;
};

/* Where queues are: --dir, else $NABD_DIR, else /dev/shm. */
const char *look_dir(void);
/* Open and look at every queue of the directory, by name. TOOL_OK or an exit code. */
int look_list_open(struct look_list *list);
/* The same for the queues that are named; complains about those that are not there. */
int look_list_named(struct look_list *list, char **names, int count);
/* The same, those that can't be looked at among them; complains about nothing but memory. */
int look_list_any(struct look_list *list, char **names, int count);
void look_list_close(struct look_list *list);

/* As ls, stat, hz and top say it in JSON. */
json_t *look_json(const struct look_queue *queue);
json_t *look_group_json(const struct nabd_group_info *group);
/* look_latency.c: the ages of messages received by a group, or all; size 0 if there are none. */
void look_latency(nabd_t *q, unsigned group, struct nabd_latency *latency);
/* Of those between two looks; false if that can't be told. */
bool look_latency_since(const struct look *from, const struct look *to,
			struct nabd_latency_summary *summary);
json_t *look_summary_json(const struct nabd_latency_summary *summary);
/* The rates between two looks. */
struct look_rate {
	double messages, bytes; /* a second */
	double full;            /* times that it became full, a second */
};
struct look_rate look_rate(const struct look *from, const struct look *to);

#endif
