/* SPDX-License-Identifier: MIT */
/*
 * Opening: attach to the queue that is there, or make one, until one of the two
 * has worked. Closing gives the roles back before the memory.
 */
#include <errno.h>
#include <string.h>

#include "handle.h"
#include "inline.h"
#include "probe.h"

/* So many times may a queue come and go between our looking for it and making it. */
#define MAX_TRIES 64

/* A process that publishes and that no barrier reaches must fence, before its first message. */
static void may_wait(nabd_t *q, bool producer, bool consumer)
{
	if (producer)
		nabdi_waiter_begin(&q->tx_wait, &q->segment, NABDI_BELL_SENDER, &q->tx);
	if (consumer)
		nabdi_waiter_begin(&q->rx_wait, &q->segment, 0, NULL);
	if ((producer || consumer) && nabdi_os_barrier_join() != NABD_OK)
		nabdi_bell_no_barriers(&q->segment);
}

/*
 * nabd_recover() removes a queue only while it is alone with it, and that we are attached it
 * sees. So a name that is there now is not taken away behind our back.
 */
static int still_named(const nabd_t *q)
{
	struct nabdi_os_file file;
	int rc = nabdi_os_look(q->segment.fd, &file);

	return rc == NABD_OK && file.links == 0 ? NABD_NOTFOUND : rc;
}

/*
 * All that a handle is once its segment is there. Undone by let_go(). One that we made has
 * no name yet.
 */
static int settle(nabd_t *q, bool named)
{
	const bool producer = (q->flags & NABD_PRODUCER) != 0;
	const bool consumer = (q->flags & NABD_CONSUMER) != 0;
	int rc = nabdi_segment_allow(&q->segment, producer, consumer);

	/* An observer leaves no trace, not even a lock. */
	if (rc == NABD_OK && (q->flags & NABD_OBSERVE) == 0)
		rc = nabdi_role_enter(&q->segment, producer, &q->role);
	if (rc == NABD_OK && named)
		rc = still_named(q);
	if (rc == NABD_OK && producer)
		rc = nabdi_producer_begin(&q->tx, &q->segment);
	if (rc != NABD_OK)
		return rc;
	if (consumer)
		nabdi_consumer_begin(&q->rx, &q->segment);
	may_wait(q, producer, consumer);
	return NABD_OK;
}

static int comfort(const struct nabdi_request *r, nabd_t *q)
{
	const size_t total = (size_t)q->segment.geometry.total;
	int rc = NABD_OK;

	if ((r->opts.flags & NABD_MLOCK) != 0)
		rc = nabdi_os_lock_in_ram(q->segment.base, total);
	if (rc == NABD_OK && (r->opts.flags & NABD_PREFAULT) != 0)
		rc = nabdi_segment_prefault(&q->segment, (q->flags & NABD_PRODUCER) != 0,
					    (q->flags & NABD_CONSUMER) != 0);
	return rc;
}

static void let_go(const struct nabdi_place *place, nabd_t *q, bool forked)
{
	nabdi_waiter_end(&q->tx_wait);
	nabdi_waiter_end(&q->rx_wait);
	nabdi_consumer_end(&q->rx, forked);
	nabdi_role_leave(&q->role, forked);
	/* Those who want to know that there is no producer any more. */
	if (nabdi_producer_state(&q->tx) != SEND_NEVER && !forked)
		nabdi_bell_ring_all(&q->segment);
	nabdi_segment_leave(place, &q->segment);
}

/* A wish of 0 is met by any queue; slots were rounded up when it was made. */
static bool fits(const struct nabdi_request *r, const struct nabdi_geometry *have)
{
	struct nabdi_geometry want;

	if (r->slot_size != 0 && r->slot_size != have->slot_size)
		return false;
	if ((r->flags & NABD_OVERWRITE) != 0 && !have->overwrite)
		return false;
	if ((r->flags & NABD_TIMESTAMPS) != 0 && !have->times)
		return false;
	if (r->opts.align != 0 && r->opts.align != have->align)
		return false;
	return r->slots == 0 || (nabdi_layout_plan(r->slots, 1, 8, have->page, 0, &want) == NABD_OK &&
				 want.slots == have->slots);
}

static int attach(const struct nabdi_request *r, const struct nabdi_place *place, nabd_t *q)
{
	const struct nabdi_owners owners = {
		.anyone = (r->opts.flags & NABD_ANY_OWNER) != 0,
		.also = (r->opts.flags & NABD_OWNER_UID) != 0,
		.also_uid = r->opts.owner,
	};
	const bool writable = (r->flags & (NABD_PRODUCER | NABD_CONSUMER)) != 0;
	int rc = nabdi_segment_find(place, &owners, writable,
				    (r->opts.flags & NABD_HUGE_PAGES) != 0, &q->segment);

	if (rc != NABD_OK)
		return rc;
	rc = fits(r, &q->segment.geometry) ? settle(q, true) : NABD_GEOMETRY;
	if (rc == NABD_OK)
		rc = comfort(r, q);
	if (rc != NABD_OK)
		let_go(place, q, false);
	return rc;
}

/* Everything is done before the name is given: nobody sees a half-made queue. */
static int create(const struct nabdi_request *r, const struct nabdi_place *place, nabd_t *q)
{
	const uint64_t features = ((r->flags & NABD_OVERWRITE) != 0 ? NABD_SHM_OVERWRITE : 0) |
				  ((r->flags & NABD_TIMESTAMPS) != 0 ? NABD_SHM_TIMES : 0);
	const size_t slots = r->slots != 0 ? r->slots : NABD_DEFAULT_SLOTS;
	const size_t slot_size = r->slot_size != 0 ? r->slot_size : NABD_DEFAULT_SLOT_SIZE;
	const uint32_t align = r->opts.align != 0 ? r->opts.align : nabdi_layout_align(slot_size);
	struct nabdi_geometry geometry;
	int rc = nabdi_layout_plan(slots, slot_size, align, nabdi_os_page(), features, &geometry);

	if (rc != NABD_OK)
		return rc;
	rc = nabdi_segment_make(place, &geometry, r->opts.mode != 0 ? r->opts.mode : 0600,
				(r->opts.flags & NABD_SET_GROUP) != 0, r->opts.group,
				(r->opts.flags & NABD_HUGE_PAGES) != 0, &q->segment);
	if (rc != NABD_OK)
		return rc;
	rc = settle(q, false);
	if (rc == NABD_OK)
		rc = comfort(r, q);
	if (rc == NABD_OK)
		rc = nabdi_segment_publish(place, &q->segment);
	if (rc != NABD_OK)
		let_go(place, q, false);
	else
		nabd_probe4(create, (const char *)q->name, q->segment.file.inode, geometry.slots,
			    geometry.slot_size);
	return rc;
}

static int attach_or_create(const struct nabdi_request *r, const struct nabdi_place *place,
			    nabd_t *q)
{
	int rc = NABD_EXISTS;

	/* Asked first, so that a name that is taken costs no memory. */
	if ((r->flags & NABD_EXCL) != 0)
		return nabdi_os_exists(place->dirfd, place->name) == NABD_OK
			       ? NABD_EXISTS
			       : create(r, place, q);
	for (int i = 0; i < MAX_TRIES && rc == NABD_EXISTS; i++) {
		rc = attach(r, place, q);
		if (rc == NABD_NOTFOUND && (r->flags & NABD_CREATE) != 0)
			rc = create(r, place, q);
	}
	if (rc == NABD_EXISTS) {
		errno = EAGAIN;
		rc = NABD_SYSTEM;
	}
	return rc;
}

static int open_handle(const struct nabdi_request *request, nabd_t **out)
{
	struct nabdi_place place;
	nabd_t *q;
	int rc = nabdi_place_find(request->name, request->opts.dir, &place);

	if (rc != NABD_OK)
		return rc;
	q = nabdi_os_alloc(sizeof(*q), _Alignof(struct nabd));
	if (q == NULL) {
		nabdi_place_leave(&place);
		return NABD_NOMEM;
	}
	q->flags = request->flags;
	memcpy(q->name, place.name, sizeof(q->name));
	q->role = (struct nabdi_os_hold)NABDI_OS_HOLD_NONE;
	nabdi_producer_none(&q->tx);
	nabdi_consumer_none(&q->rx);
	nabdi_waiter_none(&q->tx_wait);
	nabdi_waiter_none(&q->rx_wait);
	rc = nabdi_os_fork_word(&q->living, &q->generation);
	if (rc == NABD_OK)
		rc = attach_or_create(request, &place, q);
	nabdi_place_leave(&place);
	if (rc != NABD_OK) {
		nabdi_os_free(q);
		return rc;
	}
	q->magic = NABDI_HANDLE_MAGIC;
	*out = q;
	return NABD_OK;
}

int nabdi_handle_open(const struct nabdi_request *request, nabd_t **out)
{
	const int rc = open_handle(request, out);

	nabd_probe4(open, request->name, rc == NABD_OK ? (*out)->segment.file.inode : 0,
		    request->flags, rc);
	return rc;
}

void nabdi_handle_close(nabd_t *q)
{
	nabd_probe3(close, (const char *)q->name, q->segment.file.inode, q->flags);
	q->magic = 0;
	let_go(NULL, q, nabdi_handle_forked(q));
	nabdi_os_free(q);
}
