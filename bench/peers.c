/* SPDX-License-Identifier: MIT */
/*
 * The peers that every machine has: a pipe and a UNIX SEQPACKET socket pair,
 * with blocking calls, one call a message.
 */
#include "bench.h"
#include "spin.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIPE_SIZE 1048576

/* [from side][0 read end, 1 write end] */
static int pipes[SIDES][2];
static int sockets[SIDES];

struct pair {
	int is_pipe;
};

static const struct pair a_pipe = { 1 }, a_socket = { 0 };

static int end_of(const struct row *row, enum side from, int writes)
{
	const struct pair *peer = row->form;

	if (peer->is_pipe)
		return pipes[from][writes];
	return sockets[writes ? from : (from == SIDE_A ? SIDE_B : SIDE_A)];
}

static void put(int fd, const unsigned char *buf, size_t size)
{
	ssize_t n;

	do
		n = write(fd, buf, size);
	while (n < 0 && errno == EINTR);
	/* Up to PIPE_BUF bytes are written whole or not at all. */
	if (n != (ssize_t)size)
		team_fail("write", n < 0 ? strerror(errno) : "short");
}

static void get(int fd, unsigned char *buf, size_t size)
{
	size_t have = 0;

	/* A pipe is a stream: a message may come in two parts. */
	while (have < size) {
		ssize_t n = read(fd, buf + have, size - have);

		if (n <= 0 && !(n < 0 && errno == EINTR))
			team_fail("read", n < 0 ? strerror(errno) : "end of file");
		if (n > 0)
			have += (size_t)n;
	}
}

static void put_all(struct seat *seat, const struct row *row)
{
	int fd = end_of(row, SIDE_A, 1);
	uint64_t i, n = POOL_SIZE / row->size;

	for (i = 0; i < seat->count; i++) {
		unsigned char *message = seat->pool + i % n * row->size;

		memcpy(message, &i, sizeof(i));
		put(fd, message, row->size);
	}
}

static void get_all(struct seat *seat, const struct row *row)
{
	int fd = end_of(row, SIDE_A, 0);
	uint64_t i = 0, end, chunk, sequence;

	sample_begin(seat);
	for (chunk = 1; chunk <= CHUNKS; chunk++) {
		for (end = sample_end(seat, chunk); i < end; i++) {
			get(fd, seat->buf, row->size);
			memcpy(&sequence, seat->buf, sizeof(sequence));
			seat->bad += sequence != i;
		}
		sample_mark(seat, i);
	}
	sample_rate(seat);
}

static void ping(struct seat *seat, const struct row *row)
{
	int out = end_of(row, SIDE_A, 1), in = end_of(row, SIDE_B, 0);
	uint64_t i, t0, t1, sequence;

	t0 = spin_ticks();
	for (i = 0; i < seat->count; i++) {
		memcpy(seat->buf, &i, sizeof(i));
		put(out, seat->buf, row->size);
		get(in, seat->buf, row->size);
		t1 = spin_ticks();
		seat->rtt[i] = (uint32_t)(t1 - t0);
		t0 = t1;
		memcpy(&sequence, seat->buf, sizeof(sequence));
		seat->bad += sequence != i;
	}
	sample_latency(seat, 2);
}

static void pong(struct seat *seat, const struct row *row)
{
	int out = end_of(row, SIDE_B, 1), in = end_of(row, SIDE_A, 0);
	uint64_t i;

	for (i = 0; i < seat->count; i++) {
		get(in, seat->buf, row->size);
		put(out, seat->buf, row->size);
	}
}

void peers_rows(struct rows *rows)
{
	static const uint32_t size[] = { 64, 4096 };
	static const struct {
		const char *name;
		const struct pair *peer;
	} peer[] = { { NAME_PIPE, &a_pipe }, { NAME_SOCKET, &a_socket } };
	size_t p, i;

	if (pipe(pipes[SIDE_A]) || pipe(pipes[SIDE_B]))
		team_fail("pipe", strerror(errno));
	/* As large as an unprivileged process may have it; if not, it stays as it is. */
	(void)fcntl(pipes[SIDE_A][1], F_SETPIPE_SZ, PIPE_SIZE);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets))
		team_fail("socketpair", strerror(errno));
	for (p = 0; p < 2; p++) {
		for (i = 0; i < sizeof(size) / sizeof(*size); i++)
			rows_add(rows, (struct row){ .name = peer[p].name, .part = PART_PEER,
						     .flags = ROW_SLEEPS,
						     .size = size[i], .form = peer[p].peer,
						     .work = { put_all, get_all } });
		rows_add(rows, (struct row){ .name = peer[p].name, .part = PART_PEER,
					     .kind = KIND_ONE_WAY, .flags = ROW_SLEEPS,
					     .size = 64, .form = peer[p].peer, .work = { ping, pong } });
	}
	rows_add(rows, (struct row){ .name = NAME_PIPE_ONE, .part = PART_PEER,
				     .flags = ROW_SLEEPS | ROW_ONE_CPU, .size = 64, .form = &a_pipe,
				     .work = { put_all, get_all } });
	rows_add(rows, (struct row){ .name = NAME_PIPE_ONE, .part = PART_PEER,
				     .kind = KIND_ONE_WAY, .flags = ROW_SLEEPS | ROW_ONE_CPU, .size = 64,
				     .form = &a_pipe, .work = { ping, pong } });
}
