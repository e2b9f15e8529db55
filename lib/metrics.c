/* SPDX-License-Identifier: MIT */
/* What an onlooker can count. */
#include "metrics.h"

#include "latency.h"
#include "look.h"
#include "member.h"
#include "os.h"

/* A count that its writer may not have told yet, or that was scribbled over. */
static uint64_t most(uint64_t noted, uint64_t now, uint64_t limit)
{
	if (noted > limit)
		noted = limit;
	return noted > now ? noted : now;
}

static uint64_t wakes_of(const struct nabd_shm_consumers *consumers)
{
	uint64_t wakes = 0;

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++)
		wakes += cell_load_relaxed(&consumers->group[g].wakes);
	return wakes;
}

static void add_losses(const struct nabd_shm_consumers *consumers, struct nabd_metrics *metrics)
{
	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		metrics->evictions += cell_load_relaxed(&consumers->group[g].given_up);
		metrics->lost += cell_load_relaxed(&consumers->group[g].lost);
	}
}

int nabdi_metrics_queue(const struct nabdi_segment *segment, struct nabd_metrics *metrics)
{
	const struct nabd_shm_consumers *consumers = nabdi_segment_consumers(segment);
	const struct nabd_shm_producer *producer = nabdi_segment_producer(segment);
	struct nabd_stats stats = {0};
	int rc = nabdi_look_stats(segment, &stats);

	if (rc != NABD_OK)
		return rc;
	*metrics = (struct nabd_metrics){
		.state = stats.state,
		.slots = stats.slots,
		.fill = (uint32_t)(stats.head - stats.tail),
		.head = stats.head,
		.tail = stats.tail,
		.bytes = stats.bytes,
		.full_count = stats.full_count,
		.reader_wakes = wakes_of(consumers),
		.producer_wakes = cell_load_relaxed(&consumers->waits.wakes),
		.producer_epoch = stats.producer_epoch,
		.progress_ns = cell_load_relaxed(&producer->progress_ns),
		.created_ns = stats.created_ns,
	};
	metrics->fill_percent = (uint32_t)((uint64_t)metrics->fill * 100 / stats.slots);
	metrics->high_fill = (uint32_t)most(cell_load_relaxed(&producer->high_fill),
					    metrics->fill, stats.slots);
	if (metrics->fill == stats.slots && (stats.state & NABD_STATE_OVERWRITE) == 0)
		metrics->state |= NABD_STATE_FULL;
	/* A dead producer's last word about it is old. */
	if ((stats.state & NABD_STATE_PRODUCER) != 0 &&
	    cell_load_relaxed(&producer->pressured) != 0)
		metrics->state |= NABD_STATE_PRESSURED;
	add_losses(consumers, metrics);
	metrics->now_ns = nabdi_os_steady_ns(); /* last: no time that was noted is later */
	return NABD_OK;
}

/* What the lines count, of whoever held them. */
static void add_lines(const struct nabd_shm_member *lines, struct nabd_group_metrics *metrics)
{
	for (unsigned m = 0; m < NABD_SHM_MEMBERS; m++) {
		const uint64_t progress = cell_load_relaxed(&lines[m].progress_ns);

		metrics->claimed += cell_load_relaxed(&lines[m].claimed);
		metrics->redelivered += cell_load_relaxed(&lines[m].redelivered);
		metrics->nacked += cell_load_relaxed(&lines[m].nacked);
		metrics->dead_letters += cell_load_relaxed(&lines[m].dead_letters);
		if (progress > metrics->progress_ns)
			metrics->progress_ns = progress;
	}
}

/* Positions and members of a group that is there. */
static int look_open(const struct nabdi_segment *segment, unsigned group,
		     struct nabd_group_metrics *metrics)
{
	struct nabd_group_info info = {0};
	int rc = nabdi_member_look_group(segment, group, &info);

	if (rc != NABD_OK)
		return rc;
	metrics->state = info.state;
	metrics->members = info.members;
	metrics->holding = info.holding;
	metrics->made = info.made;
	metrics->position = info.position;
	metrics->low = info.low;
	metrics->lag = info.lag;
	if (info.members > 0)
		metrics->owner = NABD_GROUP_OWNER_ALIVE;
	else if (info.holding > 0 || info.lag > 0)
		metrics->owner = NABD_GROUP_OWNER_DEAD;
	return NABD_OK;
}

/* One that is not there: how it ended, if it ever was. */
static int look_ended(const struct nabd_shm_group *g, unsigned group,
		      struct nabd_group_metrics *metrics)
{
	const uint64_t word = cell_load_acquire(&g->position);
	const uint64_t state = word & NABD_SHM_STATE;

	metrics->made = cell_load_acquire(&g->made);
	if (group == 0 || metrics->made == 0 || (state != NABD_SHM_EVICTED && state != NABD_SHM_DROPPED))
		return NABD_NOTFOUND;
	metrics->position = metrics->low = word & NABD_SHM_SEQUENCE;
	metrics->ended = state == NABD_SHM_EVICTED ? NABD_EVICTED : NABD_DROPPED;
	return NABD_OK;
}

int nabdi_metrics_group(const struct nabdi_segment *segment, unsigned group,
			struct nabd_group_metrics *metrics)
{
	const struct nabd_shm_consumers *consumers = nabdi_segment_consumers(segment);
	const struct nabd_shm_group *g = &consumers->group[group];
	const uint64_t slots = segment->geometry.slots;
	int rc;

	*metrics = (struct nabd_group_metrics){.group = group};
	rc = look_open(segment, group, metrics);
	if (rc == NABD_NOTFOUND)
		rc = look_ended(g, group, metrics);
	if (rc != NABD_OK)
		return rc;
	metrics->high_lag = most(cell_load_relaxed(&g->high_lag), metrics->lag,
				 segment->geometry.overwrite ? UINT64_MAX : slots);
	metrics->wakes = cell_load_relaxed(&g->wakes);
	metrics->lost = cell_load_relaxed(&g->lost);
	metrics->evictions = cell_load_relaxed(&g->given_up);
	metrics->progress_ns = cell_load_relaxed(&g->progress_ns);
	if (group != 0)
		add_lines(consumers->member[group - 1], metrics);
	return NABD_OK;
}

int nabdi_metrics_member(const struct nabdi_segment *segment, unsigned group, unsigned member,
			 struct nabd_member_metrics *metrics)
{
	const struct nabd_shm_member *line =
		&nabdi_segment_consumers(segment)->member[group - 1][member];
	struct nabd_member_info info = {0};
	bool alive;
	int rc;

	if (cell_load_acquire(&line->made) == 0)
		return NABD_NOTFOUND; /* nobody ever was */
	rc = nabdi_role_member_alive(segment, group, member, &alive);
	if (rc != NABD_OK)
		return rc;
	rc = nabdi_member_look(segment, group, member, &info);
	if (rc == NABD_NOTFOUND)
		info.held = info.first = 0; /* it left nothing, or its group is gone */
	else if (rc != NABD_OK)
		return rc;
	*metrics = (struct nabd_member_metrics){
		.group = group,
		.member = member,
		.alive = alive,
		.held = info.held,
		.first = info.first,
		.claimed = cell_load_relaxed(&line->claimed),
		.redelivered = cell_load_relaxed(&line->redelivered),
		.nacked = cell_load_relaxed(&line->nacked),
		.dead_letters = cell_load_relaxed(&line->dead_letters),
		.progress_ns = cell_load_relaxed(&line->progress_ns),
	};
	return NABD_OK;
}

int nabdi_metrics_all(const struct nabdi_segment *segment, struct nabdi_metrics *all)
{
	int rc = NABD_OK;

	for (unsigned g = 0; g < NABD_SHM_GROUPS; g++) {
		rc = nabdi_metrics_group(segment, g, &all->group[g]);
		all->group[g].size = rc == NABD_OK ? sizeof(all->group[g]) : 0;
		if (rc != NABD_OK && rc != NABD_NOTFOUND)
			return rc;
		all->latency[g].size = 0;
		if (rc == NABD_OK && segment->geometry.times) {
			nabdi_latency_sum(segment, g, NABD_LATENCY_ALL, &all->latency[g]);
			all->latency[g].size = sizeof(all->latency[g]);
		}
		for (unsigned m = 0; rc == NABD_OK && g != 0 && m < NABD_SHM_MEMBERS; m++) {
			int there = nabdi_metrics_member(segment, g, m, &all->member[g][m]);

			all->member[g][m].size = there == NABD_OK ? sizeof(all->member[g][m]) : 0;
			if (there != NABD_OK && there != NABD_NOTFOUND)
				return there;
		}
	}
	return nabdi_metrics_queue(segment, &all->queue);
}

static double per_second(uint64_t before, uint64_t after, double seconds)
{
	return (double)(after - before) / seconds;
}

int nabdi_metrics_rates(const struct nabd_metrics *before, const struct nabd_metrics *after,
			struct nabd_rates *rates)
{
	double seconds;

	if (after->created_ns != before->created_ns || after->now_ns <= before->now_ns)
		return NABD_INVALID;
	if (after->head < before->head || after->bytes < before->bytes ||
	    after->full_count < before->full_count ||
	    after->reader_wakes < before->reader_wakes ||
	    after->producer_wakes < before->producer_wakes || after->lost < before->lost)
		return NABD_INVALID; /* the other way round, or of another queue */
	seconds = (double)(after->now_ns - before->now_ns) / 1e9;
	*rates = (struct nabd_rates){
		.seconds = seconds,
		.messages = per_second(before->head, after->head, seconds),
		.bytes = per_second(before->bytes, after->bytes, seconds),
		/* A group that came for older messages, or went back, is no release. */
		.released = after->tail < before->tail
				    ? 0
				    : per_second(before->tail, after->tail, seconds),
		.full = per_second(before->full_count, after->full_count, seconds),
		.reader_wakes = per_second(before->reader_wakes, after->reader_wakes, seconds),
		.producer_wakes = per_second(before->producer_wakes, after->producer_wakes,
					     seconds),
		.lost = per_second(before->lost, after->lost, seconds),
	};
	return NABD_OK;
}
