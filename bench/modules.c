/* SPDX-License-Identifier: MIT */
/*
 * Peers that come as modules: see peer.h. All memory that they share is had before the
 * two processes part, so that it has one address in both.
 */
#include "bench.h"
#include "ticks.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned char *memory[PEER_DIRECTIONS];
static size_t memory_size;

static const struct peer_host host_calls = {
	.begin = sample_begin,
	.mark = sample_mark,
	.chunk_end = sample_end,
	.rate = sample_rate,
	.latency = sample_latency,
};

static struct peer_place place_of(const struct seat *seat, const struct row *row, int direction,
				  char name[64])
{
	snprintf(name, 64, "nabd-bench-%ld-%d", seat->board->pid, direction);
	return (struct peer_place){
		.memory = memory[direction],
		.room = memory_size,
		.name = name,
		.size = row->size,
		.slots = row->slots,
		.sends = (seat->side == SIDE_A) == (direction == 0),
		.first = seat->side == SIDE_A,
	};
}

static void open_side(struct seat *seat, const struct row *row)
{
	const struct peer *peer = row->form;
	const int n = row->kind == KIND_ONE_WAY ? 2 : 1;
	char name[64];

	for (int i = 0; i < n; i++) {
		const struct peer_place place = place_of(seat, row, i, name);

		if (place.first && peer->room)
			memset(memory[i], 0, peer->room(row->size, row->slots));
		seat->peer_end[i] = peer->open(&place);
		if (!seat->peer_end[i])
			team_fail(peer->name, "cannot be opened");
	}
}

static void module_open(struct seat *seat, const struct row *row)
{
	const struct peer *peer = row->form;

	if (seat->side == SIDE_A)
		open_side(seat, row);
	team_meet(seat);
	if (seat->side == SIDE_B)
		open_side(seat, row);
	team_meet(seat);
	for (int i = 0; i < PEER_DIRECTIONS; i++)
		while (seat->peer_end[i] && peer->ready && !peer->ready(seat->peer_end[i]))
			(void)usleep(1000);
}

static void module_close(struct seat *seat, const struct row *row)
{
	const struct peer *peer = row->form;
	char name[64];

	/* Nobody closes what the other may still be reading from. */
	team_meet(seat);
	for (int i = 0; i < PEER_DIRECTIONS; i++) {
		const struct peer_place place = place_of(seat, row, i, name);

		if (seat->peer_end[i] && peer->close)
			peer->close(seat->peer_end[i], &place);
		seat->peer_end[i] = NULL;
	}
}

static void module_work(struct seat *seat, const struct row *row)
{
	const struct peer *peer = row->form;
	peer_work *const work[][SIDES] = {
		[KIND_RATE] = { peer->send, peer->receive },
		[KIND_ONE_WAY] = { peer->ping, peer->pong },
		[KIND_PACED] = { peer->paced_send, peer->paced_receive },
	};
	struct peer_task task = {
		.seat = seat,
		.count = seat->count,
		.size = row->size,
		.slots = row->slots,
		.interval = row->interval_ns / clock_ns_per_tick(),
		.pool = seat->pool,
		.buf = seat->buf,
		.rtt = seat->rtt,
		.end = { seat->peer_end[0], seat->peer_end[1] },
	};

	work[row->kind][seat->side](&task);
	seat->bad = task.bad;
}

static void add(struct rows *rows, const struct peer *peer, enum kind kind, uint32_t size,
		uint32_t interval_ns)
{
	uint32_t slots = rows_slots(size);
	size_t room;

	if ((peer->only && peer->only != size) || (peer->largest && size > peer->largest))
		return;
	if (peer->slots && slots > peer->slots)
		slots = peer->slots;
	room = peer->room ? peer->room(size, slots) : 0;
	if (room > memory_size)
		memory_size = room;
	rows_add(rows, (struct row){ .name = peer->name, .part = PART_PEER, .kind = kind,
				     .flags = peer->flags & PEER_SLEEPS ? ROW_SLEEPS : ROW_SPINS,
				     .size = size, .slots = slots, .interval_ns = interval_ns,
				     .open = module_open,
				     .work = { module_work, module_work }, .close = module_close,
				     .form = peer });
}

static void add_all(struct rows *rows, const struct peer *peer)
{
	static const uint32_t polled[] = { 8, 56, 64, 256, 1024, 4096, 65536, MAX_SIZE };
	static const uint32_t slept[] = { 64, 4096 };
	static const uint32_t trips[] = { 8, 56, 64 };

	for (; peer->name; peer++) {
		if (peer->flags & PEER_SLEEPS) {
			for (size_t i = 0; i < sizeof(slept) / sizeof(*slept); i++)
				add(rows, peer, KIND_RATE, slept[i], 0);
			add(rows, peer, KIND_ONE_WAY, 64, 0);
			continue;
		}
		for (size_t i = 0; i < sizeof(polled) / sizeof(*polled); i++)
			add(rows, peer, KIND_RATE, polled[i], 0);
		for (size_t i = 0; i < sizeof(trips) / sizeof(*trips); i++)
			add(rows, peer, KIND_ONE_WAY, trips[i], 0);
		for (size_t i = 0; i < PACES; i++)
			add(rows, peer, KIND_PACED, 64, rows_pace[i]);
	}
}

/* Kept until the end: its code is the rows'. */
static void load(struct rows *rows, const char *path, const struct peer_host *host)
{
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	peer_module *peers;

	if (!module)
		team_fail("module", dlerror());
	*(void **)&peers = dlsym(module, PEER_MODULE);
	if (!peers)
		team_fail("module", dlerror());
	add_all(rows, peers(host));
}

static int is_module(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);

	return len > 3 && !strcmp(entry->d_name + len - 3, ".so");
}

void modules_rows(struct rows *rows, const char *folder)
{
	static struct peer_host host;
	struct dirent **entry;
	char path[4096];
	int n;

	if (!folder)
		return;
	n = scandir(folder, &entry, is_module, alphasort);
	if (n < 0)
		team_fail(folder, strerror(errno));
	host = host_calls;
	host.has_tsc = spin_has_tsc;
	for (int i = 0; i < n; i++) {
		if (snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name) >=
		    (int)sizeof(path))
			team_fail(folder, "too long a path");
		load(rows, path, &host);
		free(entry[i]);
	}
	free(entry);
	for (int i = 0; i < PEER_DIRECTIONS && memory_size; i++) {
		memory[i] = mmap(NULL, memory_size, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (memory[i] == MAP_FAILED)
			team_fail("mmap", strerror(errno));
	}
}
