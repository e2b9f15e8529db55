/* SPDX-License-Identifier: MIT */
/*
 * nabd bench: a short measure between two processes of this machine. Throughput: one sends
 * copies as fast as they are taken. Round trips: one message there and back, one at a time.
 * The queues lose their names as soon as both have them open, so that none is left whatever
 * ends us. For more, with the floor of the machine beside it: bench/ in the sources.
 */
#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "term.h"
#include "tool.h"

#define MOST_ROUNDS 2000000u
#define GIVE_UP_NS  20000000000 /* the other one hangs */

static const struct tool_option options[] = {
	{ 's', "slots", "N", "slots of the queues (1024)" },
	{ 'S', "slot-size", "SIZE", "length of the messages (64)" },
	{ 't', "time", "TIME", "how long each of the two parts takes (1s)" },
	{ 'w', "wait", "HOW", "balanced, latency (spins) or power (sleeps) (balanced)" },
	{ 0, NULL, NULL, NULL },
};

struct bench {
	char there[64], back[64]; /* names of the queues */
	nabd_t *to, *from;
	struct nabd_wait_opts wait;
	size_t slots, size;
	uint64_t span;
	void *message;
	uint64_t messages, ns;      /* throughput */
	uint32_t *rounds;           /* ns each */
	size_t round_count;
};

static int open_pair(struct bench *b, unsigned parent)
{
	int rc = tool_open(b->there, b->slots, b->size,
			   parent ? NABD_CREATE | NABD_EXCL | NABD_PRODUCER : NABD_CONSUMER,
			   parent ? &b->to : &b->from);

	if (rc == TOOL_OK)
		rc = tool_open(b->back, b->slots, b->size,
			       parent ? NABD_CREATE | NABD_EXCL | NABD_CONSUMER : NABD_PRODUCER,
			       parent ? &b->from : &b->to);
	if (rc != TOOL_OK)
		return rc;
	nabd_set_wait(b->to, &b->wait);
	nabd_set_wait(b->from, &b->wait);
	tool_wake_handle(b->to);
	tool_wake_handle(b->from);
	return TOOL_OK;
}

static void close_pair(struct bench *b)
{
	tool_forget(b->to);
	tool_forget(b->from);
	nabd_close(b->to);
	nabd_close(b->from);
}

static void unlink_pair(const struct bench *b)
{
	struct nabd_opts opts = NABD_OPTS_INIT;

	tool_fill_opts(&opts);
	nabd_unlink_opts(b->there, &opts);
	nabd_unlink_opts(b->back, &opts);
}

static int receive(struct bench *b, size_t *len)
{
	int rc;

	do {
		*len = b->size;
		rc = nabd_pop_wait(b->from, b->message, len, GIVE_UP_NS);
	} while (rc == NABD_WOKEN && tool_stopped == 0);
	return rc;
}

/* Take messages until an empty one; answer that. Then echo until another empty one. */
static int child(struct bench *b)
{
	size_t len;
	int rc;

	do {
		rc = receive(b, &len);
	} while (rc == NABD_OK && len > 0);
	if (rc == NABD_OK)
		rc = nabd_push_wait(b->to, NULL, 0, GIVE_UP_NS);
	while (rc == NABD_OK) {
		rc = receive(b, &len);
		if (rc != NABD_OK || len == 0)
			break;
		rc = nabd_push_wait(b->to, b->message, len, GIVE_UP_NS);
	}
	return rc == NABD_OK ? TOOL_OK : TOOL_FAILED;
}

static int measure_throughput(struct bench *b)
{
	const uint64_t begun = tool_now();
	size_t len;
	int rc = NABD_OK;

	while (rc == NABD_OK && tool_stopped == 0) {
		if (b->messages % 64 == 0 && tool_now() - begun >= b->span)
			break;
		rc = nabd_push_wait(b->to, b->message, b->size, GIVE_UP_NS);
		b->messages += rc == NABD_OK;
	}
	if (rc == NABD_OK)
		rc = nabd_push_wait(b->to, NULL, 0, GIVE_UP_NS);
	if (rc == NABD_OK)
		rc = receive(b, &len); /* they have all arrived */
	b->ns = tool_now() - begun;
	return rc;
}

static int measure_rounds(struct bench *b)
{
	const uint64_t begun = tool_now();
	uint64_t before = begun, now;
	int rc = NABD_OK;
	size_t len;

	while (rc == NABD_OK && tool_stopped == 0 && before - begun < b->span &&
	       b->round_count < MOST_ROUNDS) {
		rc = nabd_push_wait(b->to, b->message, b->size, GIVE_UP_NS);
		if (rc == NABD_OK)
			rc = receive(b, &len);
		now = tool_now();
		if (rc == NABD_OK)
			b->rounds[b->round_count++] =
				now - before < UINT32_MAX ? (uint32_t)(now - before) : UINT32_MAX;
		before = now;
	}
	if (rc == NABD_OK)
		rc = nabd_push_wait(b->to, NULL, 0, GIVE_UP_NS);
	return rc;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static double quantile(const struct bench *b, double part)
{
	return b->round_count == 0 ? 0 :
	       (double)b->rounds[(size_t)((double)(b->round_count - 1) * part)];
}

static void report(struct bench *b)
{
	const double rate = (double)b->messages * 1e9 / (double)(b->ns > 0 ? b->ns : 1);
	char c[TERM_TEXT], d[TERM_TEXT];

	if (b->round_count > 0)
		qsort(b->rounds, b->round_count, sizeof(*b->rounds), by_number);
	if (tool_settings.json) {
		tool_print_json(json_pack(
			"{s:s, s:I, s:I, s:I, s:I, s:f, s:f, s:I, s:f, s:f, s:f, s:f}", "command",
			"bench", "processors", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN), "slots",
			(json_int_t)b->slots, "slot_size", (json_int_t)b->size, "messages",
			(json_int_t)b->messages, "messages_per_second", rate, "bytes_per_second",
			rate * (double)b->size, "round_trips", (json_int_t)b->round_count,
			"round_trip_p50_ns", quantile(b, 0.5), "round_trip_p99_ns",
			quantile(b, 0.99), "round_trip_p999_ns", quantile(b, 0.999),
			"round_trip_max_ns", quantile(b, 1)));
		return;
	}
	printf("%s2 processes, %ld processors, %zu slots, messages of %s, copied%s\n",
	       term_style(TERM_DIM), sysconf(_SC_NPROCESSORS_ONLN), b->slots,
	       term_bytes(c, (double)b->size), term_style(TERM_PLAIN));
	printf("%sthroughput%s   %s messages/s, %s/s\n", term_style(TERM_BOLD),
	       term_style(TERM_PLAIN), term_count(c, rate), term_bytes(d, rate * (double)b->size));
	printf("%sround trip%s   median %s", term_style(TERM_BOLD), term_style(TERM_PLAIN),
	       term_span(c, (uint64_t)quantile(b, 0.5)));
	printf(", 99%% within %s", term_span(c, (uint64_t)quantile(b, 0.99)));
	printf(", 99.9%% within %s", term_span(c, (uint64_t)quantile(b, 0.999)));
	printf(", longest %s\n", term_span(c, (uint64_t)quantile(b, 1)));
	printf("%sOther work on this machine is in these numbers; repeat it before you believe "
	       "them.%s\n", term_style(TERM_DIM), term_style(TERM_PLAIN));
}

static _Noreturn void be_child(struct bench *b, int ready)
{
	int rc;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	b->to = b->from = NULL;
	rc = open_pair(b, 0);
	if (rc == TOOL_OK && write(ready, "", 1) == 1)
		rc = child(b);
	_exit(rc);
}

static int run_both(struct bench *b)
{
	int rc, status = 0, ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) != 0)
		return tool_complain("bench", NABD_SYSTEM);
	rc = open_pair(b, 1);
	if (rc == TOOL_OK) {
		pid = fork();
		if (pid == 0)
			be_child(b, ready[1]);
		close(ready[1]);
		rc = pid > 0 && tool_read(ready[0], &byte, 1) == 1 ? NABD_OK : NABD_SYSTEM;
		unlink_pair(b);
		if (rc == NABD_OK)
			rc = measure_throughput(b);
		if (rc == NABD_OK && tool_stopped == 0)
			rc = measure_rounds(b);
		/* One that waits for us would do so for long. */
		if (pid > 0 && (rc != NABD_OK || tool_stopped != 0))
			kill(pid, SIGKILL);
		if (pid > 0)
			waitpid(pid, &status, 0);
		if (tool_stopped == 0 && (rc != NABD_OK || status != 0))
			rc = tool_complain("bench", rc != NABD_OK ? rc : NABD_SYSTEM);
		else
			rc = tool_stopped == 0 ? TOOL_OK : TOOL_FAILED;
	} else {
		unlink_pair(b);
		close(ready[1]);
	}
	close(ready[0]);
	close_pair(b);
	return rc;
}

static void parse_wait(struct nabd_wait_opts *wait, const char *text)
{
	if (strcmp(text, "balanced") == 0)
		*wait = (struct nabd_wait_opts)NABD_WAIT_BALANCED;
	else if (strcmp(text, "latency") == 0)
		*wait = (struct nabd_wait_opts)NABD_WAIT_LATENCY;
	else if (strcmp(text, "power") == 0)
		*wait = (struct nabd_wait_opts)NABD_WAIT_POWER;
	else
		tool_usage("--wait: not balanced, latency or power: %s", text);
}

static int run(int argc, char **argv)
{
	struct bench b = { .wait = NABD_WAIT_BALANCED, .slots = 1024, .size = 64,
			   .span = 1000000000 };
	int key, rc;

	while ((key = tool_next_option(&tool_bench, argc, argv)) != -1) {
		if (key == 's')
			b.slots = (size_t)tool_number("--slots", optarg, 1, NABD_MAX_SLOTS);
		else if (key == 'S')
			b.size = (size_t)tool_size("--slot-size", optarg, NABD_MAX_SLOT_SIZE);
		else if (key == 't')
			b.span = (uint64_t)tool_duration("--time", optarg);
		else if (key == 'w')
			parse_wait(&b.wait, optarg);
	}
	tool_operands(&tool_bench, argc, 0, 0);
	if (b.size == 0)
		tool_usage("--slot-size: 1 or more");
	snprintf(b.there, sizeof(b.there), "nabd-bench-%ld-there", (long)getpid());
	snprintf(b.back, sizeof(b.back), "nabd-bench-%ld-back", (long)getpid());
	b.message = calloc(1, b.size);
	b.rounds = malloc(MOST_ROUNDS * sizeof(*b.rounds));
	if (b.message == NULL || b.rounds == NULL)
		rc = tool_complain("bench", NABD_NOMEM);
	else
		rc = run_both(&b);
	if (rc == TOOL_OK)
		report(&b);
	free(b.message);
	free(b.rounds);
	return rc;
}

const struct tool_command tool_bench = {
	"bench", "", "measure throughput and round trips between two processes", options, true, run,
};
