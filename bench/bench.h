/* SPDX-License-Identifier: MIT */
/*
 * What the files of the bench share: a row (one thing that is measured), a seat
 * (one of the two processes at work on a row), and the page both of them see.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

/* For CPU affinity; so this header comes before all others. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "peer.h"

#define MAX_RTTS  100000u  /* most round trips of one latency sample */
#define MAX_SIZE  1048576u /* longest message */
#define BATCH_SIZE 4096u   /* longest message of a batch */
#define MAX_ENDS  16u      /* memberships of a side */
#define MAX_OTHERS 62u     /* processes beside the two */
#define POOL_ROOM (2u * MAX_SIZE)         /* two of the longest, or two batches */
#define BUF_ROOM  (2u * MAX_SIZE)         /* the same for who receives */

/* Side 0 sends, or pings and measures; side 1 receives, or echoes. */
enum side { SIDE_A, SIDE_B, SIDES };

enum kind {
	KIND_RATE,   /* ns a message, measured by side B (by A if it works alone) */
	KIND_ONE_WAY, /* half a round trip, measured by side A */
	KIND_PACED   /* one way, from when it was due by a schedule, measured by side B */
};

enum part { PART_FLOOR, PART_NABD, PART_PEER };

#define ROW_SPINS  0x1u /* polls: makes no sense with one CPU */
#define ROW_IS_REF 0x2u /* a ratio needs it: measured whatever is asked for */
#define ROW_SLEEPS 0x4u /* sleeps and wakes: longer samples, as of the peers */
#define ROW_PATIENT 0x10u /* the producer pauses for long after NABD_FULL */
#define ROW_ONE_CPU 0x8u /* both sides on the CPU of side A */

/* Names by which the report finds the rows that it compares. */
#define NAME_STREAM "stream of lines, 7x8 + flag"
#define NAME_TRIP   "ping-pong, a line each way"
#define NAME_COPIES "copy in, copy out"
#define NAME_TOUCHED "written and read in place"
#define NAME_PUSH   "push, pop"
#define NAME_PUSH_HUGE "push, pop, huge pages"
#define NAME_PUSH_BESIDE "push, pop, others attached"
#define NAME_OPEN   "open and close, others attached"
#define NAME_ALIGNED "push, pop, lines of their own"
#define NAME_PUSH_INLINE  "push, pop, inline"
#define NAME_PLACE_INLINE "in place, inline"
#define NAME_PLACE_ALIGNED "in place, lines of their own"
#define NAME_PLACE  "reserve+commit, peek+release"
#define NAME_BATCH  "push_batch, pop_batch"
#define NAME_BOTH   "push + pop, one process"
#define NAME_BOTH_PLACE "in place, one process"
#define NAME_BOTH_INLINE "inline push + pop, alone"
#define NAME_BOTH_PLACE_INLINE "inline in place, alone"
#define NAME_KEEP   "push, groups keep up"
#define NAME_CAST   "push, each group pops"
#define NAME_SHARE  "push, members compete"
#define NAME_CAST_PATIENT "patient push, each group pops"
#define NAME_SHARE_PATIENT "patient push, members compete"
#define NAME_DRAIN  "members on two CPUs, pop"
#define NAME_BOTH_OVER "push + pop, overwrite queue"
#define NAME_OVER   "overwriting push, a pop beside"
#define NAME_BALANCED "wait, balanced"
#define NAME_BALANCED_ONE "wait, balanced, one CPU"
#define NAME_POWER  "wait, power"
#define NAME_POWER_ONE "wait, power, one CPU"
#define NAME_FUTEX  "futex ping-pong"
#define NAME_FUTEX_ONE "futex ping-pong, one CPU"
#define NAME_PIPE   "pipe"
#define NAME_PIPE_ONE "pipe, one CPU"
#define NAME_SOCKET "UNIX socket, SEQPACKET"

/* Placement classes: where the hypervisor put the two CPUs. */
enum place { PLACE_S, PLACE_N, PLACE_F, PLACE_ONE, PLACES };

/* One sample: ns. A rate has only [0]; a latency has p50, p99 and p99.9. */
#define VALUES 3u
struct sample {
	double ns[VALUES];
};

struct seat;

struct row {
	const char *name;
	enum part part;
	enum kind kind;
	unsigned flags;
	uint32_t size;  /* bytes of a message */
	uint32_t slots; /* of the queue or ring; 0 if it has none */
	uint32_t align; /* of payloads; 0: as the library has it */
	uint32_t interval_ns; /* between two messages, if paced */
	uint32_t groups;  /* that side B joins; 0: it reads the default group */
	uint32_t members; /* of each of them */
	uint32_t others;  /* processes that are attached beside the two */
	uint32_t wishes;  /* more flags of the options for nabd_open_opts() */
	int keep_name;    /* the queue's name is there until the end of the sample */
	unsigned queue_flags; /* more of them for nabd_open() */
	/* Side A opens first. Between open and work the two meet. */
	void (*open)(struct seat *seat, const struct row *row);
	void (*work[SIDES])(struct seat *seat, const struct row *row);
	void (*close)(struct seat *seat, const struct row *row);
	const void *form; /* more about it, for its own file */
};

/* A word on lines of its own, away from the adjacent-line prefetcher. */
struct lone {
	_Alignas(128) atomic_uint_fast64_t word;
};

struct bell {
	_Alignas(128) atomic_uint word;
};

/* The page that both processes see. */
struct board {
	struct lone met[SIDES];
	struct lone flag[4];       /* of the probe and of the ping-pong floors */
	struct lone position;      /* of the streaming floors */
	struct bell bell[SIDES];   /* of the futex ping-pong */
	_Alignas(128) uint64_t row; /* order from A to B: a row's index, or ORDER_QUIT */
	uint64_t count;            /* messages or round trips to make */
	long pid;                  /* of side A: part of the queues' names */
	struct sample sample;
	uint64_t taken;            /* by side B, of what both sides take */
	uint64_t bad[SIDES];       /* messages with a wrong length or sequence */
	double busy[SIDES];        /* CPU time / wall time of the work */
};

#define ORDER_QUIT UINT64_MAX

struct seat {
	enum side side;
	struct board *board;
	uint64_t count;       /* copied from the board */
	double busy;          /* least share of its CPU that a side must have had */
	uint32_t rest_us;     /* to sleep after each sample */
	uint64_t meets;
	int whole;            /* a rate is that of the whole sample */
	struct nabd *queue[2];
	struct nabd_consumer *consumer[MAX_ENDS];
	uint32_t consumers;
	pid_t other[MAX_OTHERS];
	uint32_t others;
	int tell; /* closed: they end */
	unsigned char *pool;  /* POOL_ROOM bytes: what is sent */
	unsigned char *buf;   /* BUF_ROOM bytes: where messages are copied to */
	uint64_t bad;
	uint64_t sum;         /* of what was read, so that no read is left out */
	uint64_t mark[CHUNKS + 1];
	uint64_t marked[CHUNKS + 1];
	uint32_t marks;
	double chunk[CHUNKS]; /* ns a message */
	uint32_t chunks;
	uint32_t *rtt;        /* ticks of each round trip */
	void *peer_end[PEER_DIRECTIONS];
};

/* clock.c */
void clock_calibrate(void);
double clock_ns_per_tick(void);
const char *clock_name(void);

/* team.c */
struct board *team_board(void);
int team_cpus(int wanted[SIDES]);
void team_start(const int cpus[SIDES], struct seat *seat);
void team_meet(struct seat *seat);
void team_share(const struct seat *seat, int one_cpu);
void team_leave(void);
void team_end(void);
void team_seat(struct seat *seat);
_Noreturn void team_fail(const char *what, const char *why);

/* probe.c */
double probe(struct seat *seat);

/* sample.c */
void sample_begin(struct seat *seat);
void sample_mark(struct seat *seat, uint64_t done);
uint64_t sample_end(const struct seat *seat, uint64_t chunk);
void sample_rate(struct seat *seat);
void sample_chunk(struct seat *seat, uint64_t ticks, uint64_t messages);
void sample_chunks(struct seat *seat);
void sample_latency(struct seat *seat, uint32_t ways);
int sample_take(struct seat *seat, uint64_t index, const struct row *row, uint64_t count,
		double probes[2]);
void sample_serve(struct seat *seat, const struct row *rows);

/* rows.c */
struct rows {
	struct row row[320];
	uint32_t n;
};

void rows_add(struct rows *rows, struct row row);
void rows_title(const struct row *row, char out[128]);
uint32_t rows_slots(uint32_t size);

#define PACES 5u
extern const uint32_t rows_pace[PACES]; /* ns between two messages of a paced load */

/* floor.c, floor_long.c, ring.c, groups.c, over.c, pingpong.c, …: each adds its rows */
void floor_rows(struct rows *rows);
void floor_long_rows(struct rows *rows);
void ring_rows(struct rows *rows);
void inline_rows(struct rows *rows);
void groups_rows(struct rows *rows);
void over_rows(struct rows *rows);
void pingpong_rows(struct rows *rows);
void paced_rows(struct rows *rows);
void sleep_rows(struct rows *rows);
void peers_rows(struct rows *rows);

/* modules.c: a row for each of the peers in a folder of modules; NULL: none */
void modules_rows(struct rows *rows, const char *folder);

/* groups.c, ring.c: the same with more and more of what can grow */
void groups_growth(struct rows *rows);
void ring_growth(struct rows *rows);

/* others.c */
void others_start(struct seat *seat, const char *name, uint32_t n);
void others_end(struct seat *seat);

/* queue.c: a queue under both ends */
void queue_open_two(struct seat *seat, const struct row *row);
void queue_reopen(struct seat *seat, const struct row *row);
void queue_open_one(struct seat *seat, const struct row *row);
void queue_close(struct seat *seat, const struct row *row);
_Noreturn void queue_fail(const char *call, int error);

/* stats.c */
int stats_double_cmp(const void *a, const void *b);
double stats_median(double *values, size_t n);
uint32_t stats_quantile(const uint32_t *sorted, size_t n, double q);

/* What a run has found: every kept sample, by row and placement. */
struct cell {
	struct sample *samples;
	uint32_t n, room;
};

struct findings {
	const struct rows *rows;
	struct cell (*cell)[PLACES]; /* [rows->n] */
	struct cell probes[PLACES];
	double border[2];            /* ns: S < [0] <= N < [1] <= F */
	int cpus[SIDES];
	uint32_t rounds;
	uint32_t moved, disturbed;   /* samples dropped */
	uint64_t bad;
};

void findings_add(struct cell *cell, const struct sample *sample);
int findings_sum(const struct cell *cell, uint32_t value, double out[3]);
enum place findings_place(const struct findings *f, double probe_ns);
const char *findings_place_name(enum place place);

/* report.c, json.c */
void report_print(const struct findings *f);
int json_write(const struct findings *f, const char *path);

#endif
