/* SPDX-License-Identifier: MIT */
/* The doors: joining, leaving, removing and looking at consumer groups. */
#include "api.h"

#include <errno.h>
#include <string.h>

#include "error.h"
#include "handle.h"

#define JOIN_STARTS (NABD_JOIN_OLDEST | NABD_JOIN_NEWEST | NABD_JOIN_SEQUENCE)
#define JOIN_FLAGS  (JOIN_STARTS | NABD_GROUP_EPHEMERAL)

static const uint32_t opts_sizes[] = {
	offsetof(struct nabd_join_opts, max_deliveries), offsetof(struct nabd_join_opts, max_stall_ms),
	offsetof(struct nabd_join_opts, max_lag),        offsetof(struct nabd_join_opts, sequence),
	offsetof(struct nabd_join_opts, dead_letter),    offsetof(struct nabd_join_opts, dead_letter_arg),
	offsetof(struct nabd_join_opts, dead_letters),   sizeof(struct nabd_join_opts),
};

static int read_opts(const struct nabd_join_opts *from, struct nabd_join_opts *opts)
{
	*opts = (struct nabd_join_opts)NABD_JOIN_OPTS_INIT;
	return from == NULL ? NABD_OK
			    : nabdi_api_read_opts(from, opts, opts_sizes,
						  sizeof(opts_sizes) / sizeof(opts_sizes[0]));
}

static int send_dead_letter(const struct nabd_msg *msg, void *queue)
{
	nabd_t *q = queue;

	return nabdi_handle_check(q) == NABD_OK ? nabdi_producer_push(&q->tx, msg->data, msg->len)
						: NABD_INVALID;
}

static int check_opts(struct nabd_join_opts *opts)
{
	const uint32_t start = opts->flags & JOIN_STARTS;

	if ((opts->flags & ~JOIN_FLAGS) != 0 || (start & (start - 1)) != 0 ||
	    opts->max_deliveries > NABD_MAX_DELIVERIES)
		return NABD_INVALID;
	if (opts->dead_letters == NULL)
		return NABD_OK;
	if (opts->dead_letter != NULL || nabdi_handle_check(opts->dead_letters) != NABD_OK)
		return NABD_INVALID;
	if ((opts->dead_letters->flags & NABD_PRODUCER) == 0)
		return NABD_ROLE;
	opts->dead_letter = send_dead_letter;
	opts->dead_letter_arg = opts->dead_letters;
	return NABD_OK;
}

static int join(nabd_t *q, unsigned group, const struct nabd_join_opts *opts, nabd_consumer_t **out)
{
	nabd_consumer_t *c = nabdi_os_alloc(sizeof(*c), _Alignof(nabd_consumer_t));
	int rc;

	if (c == NULL)
		return NABD_NOMEM;
	c->q = q;
	rc = nabdi_member_join(&c->m, &q->segment, group, opts);
	if (rc != NABD_OK) {
		nabdi_os_free(c);
		return rc;
	}
	nabdi_waiter_begin(&c->wait, &q->segment, c->m.group, NULL);
	c->wait.member = &c->m;
	c->wait.opts = q->rx_wait.opts;
	c->magic = NABDI_CONSUMER_MAGIC;
	c->dead_letters = opts->dead_letters;
	cell_fetch_add(&q->consumers, 1);
	if (c->dead_letters != NULL)
		cell_fetch_add(&c->dead_letters->consumers, 1);
	*out = c;
	return NABD_OK;
}

NABD_API int nabd_consumer_join_opts(nabd_t *q, unsigned group, const struct nabd_join_opts *opts,
				     nabd_consumer_t **out)
{
	struct nabd_join_opts checked;
	int rc = nabdi_handle_check(q);

	if (out != NULL)
		*out = NULL;
	if (rc != NABD_OK)
		return rc;
	if (out == NULL || group > NABD_MAX_GROUPS)
		return NABD_INVALID;
	if ((q->flags & NABD_CONSUMER) == 0)
		return NABD_ROLE;
	rc = read_opts(opts, &checked);
	if (rc == NABD_OK)
		rc = check_opts(&checked);
	if (rc == NABD_OK)
		rc = join(q, group, &checked, out);
	return rc == NABD_ACCESS ? NABD_SYSTEM : rc; /* the file was opened before; errno tells */
}

NABD_API nabd_consumer_t *nabd_consumer_join(nabd_t *q, unsigned group)
{
	nabd_consumer_t *c = NULL;
	int rc = nabd_consumer_join_opts(q, group, NULL, &c);
	int number = nabdi_error_errno(rc);

	if (number != 0)
		errno = number;
	return c;
}

NABD_API int nabd_consumer_close(nabd_consumer_t *c)
{
	bool forked;
	int rc, number;

	if (c == NULL)
		return NABD_OK;
	rc = nabdi_consumer_check(c);
	if (rc != NABD_OK && rc != NABD_FORKED)
		return rc;
	forked = rc == NABD_FORKED;
	c->magic = 0;
	rc = nabdi_save_end(&c->saver, &c->m, forked);
	number = rc == NABD_SYSTEM ? errno : nabdi_error_errno(rc);
	nabdi_waiter_end(&c->wait);
	nabdi_member_leave(&c->m, forked);
	cell_fetch_add(&c->q->consumers, UINT64_MAX);
	if (c->dead_letters != NULL)
		cell_fetch_add(&c->dead_letters->consumers, UINT64_MAX);
	nabdi_os_free(c);
	if (rc == NABD_OK)
		return NABD_OK;
	errno = number; /* closed all the same: one error says so, and errno which it was */
	return NABD_SYSTEM;
}

NABD_API int nabd_group_drop(nabd_t *q, unsigned group)
{
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (group < 1 || group > NABD_MAX_GROUPS)
		return NABD_INVALID;
	if ((q->flags & (NABD_CONSUMER | NABD_PRODUCER)) == 0)
		return NABD_ROLE;
	return nabdi_member_drop_group(&q->segment, group);
}

NABD_API int nabd_group_look(nabd_t *q, unsigned group, struct nabd_group_info *info)
{
	const size_t least = offsetof(struct nabd_group_info, made);
	struct nabd_group_info now = {0};
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (info == NULL || info->size < least || group > NABD_MAX_GROUPS)
		return NABD_INVALID;
	rc = nabdi_member_look_group(&q->segment, group, &now);
	if (rc != NABD_OK)
		return rc;
	now.size = info->size < sizeof(now) ? info->size : (uint32_t)sizeof(now);
	memcpy(info, &now, now.size);
	return NABD_OK;
}

NABD_API int nabd_member_look(nabd_t *q, unsigned group, unsigned member,
			      struct nabd_member_info *info)
{
	const size_t least = offsetof(struct nabd_member_info, deliveries);
	struct nabd_member_info now = {0};
	int rc = nabdi_handle_check(q);

	if (rc != NABD_OK)
		return rc;
	if (info == NULL || info->size < least || group < 1 || group > NABD_MAX_GROUPS ||
	    member >= NABD_MAX_MEMBERS)
		return NABD_INVALID;
	rc = nabdi_member_look(&q->segment, group, member, &now);
	if (rc != NABD_OK)
		return rc;
	now.size = info->size < sizeof(now) ? info->size : (uint32_t)sizeof(now);
	memcpy(info, &now, now.size);
	return NABD_OK;
}
