/* SPDX-License-Identifier: MIT */
/*
 * What a module of peers is: another library's queue, measured by the bench with the same
 * loops as nabd's own. Each module is a shared object, built where its library is
 * installed (peers/build.sh), so that the bench itself needs none of them. Plain C that
 * C++ understands too.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CHUNKS    64u    /* a throughput sample is the median of so many chunks */
#define BATCH     32u    /* messages of a batch call */
#define POOL_SIZE 16384u /* bytes of messages that the producer copies from */

struct seat;

/* Side A sends in direction 0 and receives in direction 1, which only round trips use. */
#define PEER_DIRECTIONS 2

/* A side's part of one sample. */
struct peer_task {
	struct seat *seat;
	uint64_t count;     /* messages, or round trips */
	uint32_t size;      /* bytes of a message */
	uint32_t slots;     /* messages that the queue shall hold */
	double interval;    /* ticks between two messages that are paced */
	unsigned char *pool;
	unsigned char *buf; /* room for two of the longest */
	uint32_t *rtt;      /* ticks of each round trip */
	void *end[PEER_DIRECTIONS];
	uint64_t bad;       /* messages that were not what was due */
};

/* What the bench does for a module. */
struct peer_host {
	bool has_tsc;
	void (*begin)(struct seat *seat);
	void (*mark)(struct seat *seat, uint64_t done);
	uint64_t (*chunk_end)(const struct seat *seat, uint64_t chunk);
	void (*rate)(struct seat *seat);
	void (*latency)(struct seat *seat, uint32_t ways);
};

/* Where an end of a queue is opened. Side A opens before side B. */
struct peer_place {
	void *memory;     /* zeroed, shared, at the same address in both processes */
	size_t room;      /* bytes of it */
	const char *name; /* of this sample and direction: letters, digits, dashes */
	uint32_t size, slots;
	bool sends;
	bool first;       /* this side makes it */
};

typedef void peer_work(struct peer_task *task);

#define PEER_SLEEPS 0x1u /* its calls may block: no placement applies */

struct peer {
	const char *name;
	unsigned flags;
	uint32_t only;    /* the one size that it is compiled for; 0: any up to largest */
	uint32_t largest; /* bytes; 0: no limit */
	uint32_t slots;   /* most that it may have; 0: no limit */
	/* Bytes of shared memory that one direction needs; NULL: it has its own. */
	size_t (*room)(uint32_t size, uint32_t slots);
	void *(*open)(const struct peer_place *place); /* NULL: failed */
	bool (*ready)(void *end); /* once both sides have opened; NULL: it always is */
	void (*close)(void *end, const struct peer_place *place);
	peer_work *send, *receive, *ping, *pong, *paced_send, *paced_receive;
};

/* Each module has this one function: its peers, the last one followed by no name. */
typedef const struct peer *peer_module(const struct peer_host *host);
#define PEER_MODULE "nabd_bench_peers"
__attribute__((visibility("default")))
const struct peer *nabd_bench_peers(const struct peer_host *host);

#ifdef __cplusplus
}
#endif
#endif
