/* SPDX-License-Identifier: MIT */
/*
 * nabd replay: send what was recorded once more, in the same order and at the same pace, or
 * list what a recording holds.
 */
#include "config.h"

#include <getopt.h>
#include <string.h>

#include "tape.h"
#include "term.h"

static const struct tool_option options[] = {
	{ 's', "speed", "X", "so many times as fast (1); 0: as fast as the queue takes it" },
	{ 'q', "queue", "OLD[=NEW]", "only this queue, to NEW; can be given more than once" },
	{ 'c', "create", NULL, "make queues that are not there, with their recorded sizes" },
	{ 't', "timeout", "TIME", "wait so long for a free slot (for ever)" },
	{ 'l', "list", NULL, "send nothing, show what the recording holds" },
	{ 0, NULL, NULL, NULL },
};

/** A queue of the recording. */
struct target {
	char name[NABD_MAX_NAME + 1]; /* as it was recorded */
	char to[NABD_MAX_NAME + 1];   /* where its messages go; "": nowhere */
	nabd_t *q;
	bool there, made;             /* it was recorded; we have made it */
	bool shared;                  /* q is that of another target */
	uint32_t slots, slot_size, flags;
	uint64_t messages, bytes, missed;
};

struct replay {
	struct tape tape;
	struct target targets[TAPE_MOST_QUEUES];
	const char *chosen[TAPE_MOST_QUEUES]; /* OLD or OLD=NEW */
	unsigned chosen_count;
	double speed;
	bool create, list;
	int64_t timeout;
	uint64_t begun, first, last; /* tool_now(); times of the first and newest message */
	uint64_t messages, bytes;
};

static void choose(const struct replay *p, struct target *target)
{
	if (p->chosen_count == 0)
		strcpy(target->to, target->name);
	for (unsigned i = 0; i < p->chosen_count; i++) {
		const char *old = p->chosen[i] + (p->chosen[i][0] == '/');
		const char *equals = strchr(old, '=');
		const size_t n = equals != NULL ? (size_t)(equals - old) : strlen(old);

		if (n != strlen(target->name) || memcmp(old, target->name, n) != 0)
			continue;
		snprintf(target->to, sizeof(target->to), "%s", equals != NULL ? equals + 1 : old);
		return;
	}
}

static int open_target(struct replay *p, struct target *target)
{
	struct nabd_wait_opts wait = NABD_WAIT_BALANCED;
	struct nabd_opts opts = NABD_OPTS_INIT;
	const unsigned over = (target->flags & 1) != 0 ? NABD_OVERWRITE : 0;
	int rc = NABD_EXISTS;

	for (unsigned i = 0; i < TAPE_MOST_QUEUES; i++) {
		if (p->targets[i].q != NULL && strcmp(p->targets[i].to, target->to) == 0) {
			target->q = p->targets[i].q; /* a queue has one producer */
			target->shared = true;
			return TOOL_OK;
		}
	}
	tool_fill_opts(&opts);
	if (p->create) {
		rc = nabd_open_opts(target->to, target->slots, target->slot_size,
				    NABD_CREATE | NABD_EXCL | NABD_PRODUCER | over, &opts,
				    &target->q);
		target->made = rc == NABD_OK;
	}
	if (rc == NABD_EXISTS)
		rc = nabd_open_opts(target->to, 0, 0, NABD_PRODUCER, &opts, &target->q);
	if (rc != NABD_OK)
		return tool_complain(target->to, rc);
	wait.flags = NABD_WAIT_UNLINK;
	nabd_set_wait(target->q, &wait);
	tool_wake_handle(target->q);
	return TOOL_OK;
}

static int meet_queue(struct replay *p, const struct tape_block *block)
{
	struct target *target;

	if (block->queue >= TAPE_MOST_QUEUES || block->len > NABD_MAX_NAME ||
	    p->targets[block->queue].there) {
		tool_say("%s: a queue that cannot be, before byte %llu", p->tape.name,
			 (unsigned long long)p->tape.at);
		return TOOL_FAILED;
	}
	target = &p->targets[block->queue];
	target->there = true;
	if (block->len > 0)
		memcpy(target->name, block->data, block->len);
	target->slots = block->slots;
	target->slot_size = block->slot_size;
	target->flags = block->flags;
	choose(p, target);
	return p->list || target->to[0] == '\0' ? TOOL_OK : open_target(p, target);
}

static int send_message(struct replay *p, struct target *target, const struct tape_block *block)
{
	int rc;

	if (p->begun == 0) {
		p->begun = tool_now();
		p->first = block->time;
	}
	/* Late, if the queue was full, is late: the pace is that of the recording. */
	if (p->speed > 0 && block->time > p->first &&
	    !tool_sleep_until(p->begun +
			      (uint64_t)((double)(block->time - p->first) / p->speed)))
		return TOOL_FAILED;
	do {
		rc = nabd_push_wait(target->q, block->data, block->len, p->timeout);
	} while (rc == NABD_WOKEN && tool_stopped == 0);
	if (rc != NABD_OK)
		return rc == NABD_WOKEN ? TOOL_FAILED : tool_complain(target->to, rc);
	p->messages++;
	p->bytes += block->len;
	tool_progress("sent", p->messages, p->bytes);
	return TOOL_OK;
}

static int take_block(struct replay *p, const struct tape_block *block)
{
	struct target *target;

	if (block->kind == TAPE_QUEUE)
		return meet_queue(p, block);
	if (block->kind != TAPE_MESSAGE && block->kind != TAPE_MISSED)
		return TOOL_OK; /* also kinds of later versions, which are for those who know */
	if (block->queue >= TAPE_MOST_QUEUES || !p->targets[block->queue].there) {
		tool_say("%s: of no queue, before byte %llu", p->tape.name,
			 (unsigned long long)p->tape.at);
		return TOOL_FAILED;
	}
	target = &p->targets[block->queue];
	if (block->kind == TAPE_MISSED) {
		target->missed += block->number;
		return TOOL_OK;
	}
	target->messages++;
	target->bytes += block->len;
	p->last = block->time;
	return target->q != NULL ? send_message(p, target, block) : TOOL_OK;
}

static void list_json(const struct replay *p)
{
	json_t *queues = json_array();

	for (unsigned i = 0; i < TAPE_MOST_QUEUES; i++) {
		const struct target *target = &p->targets[i];

		if (target->there)
			json_array_append_new(queues, json_pack(
				"{s:s%, s:I, s:I, s:b, s:I, s:I, s:I}", "name", target->name,
				strlen(target->name), "slots", (json_int_t)target->slots,
				"slot_size", (json_int_t)target->slot_size, "overwrite",
				(target->flags & 1) != 0, "messages", (json_int_t)target->messages,
				"bytes", (json_int_t)target->bytes, "missed",
				(json_int_t)target->missed));
	}
	tool_print_json(json_pack("{s:s, s:s, s:I, s:I, s:b, s:o}", "command", "replay", "file",
				  p->tape.name, "started_ns", (json_int_t)p->tape.started,
				  "duration_ns", (json_int_t)p->last, "complete", p->tape.ended,
				  "queues", queues));
}

static void list_table(const struct replay *p)
{
	static const char *const heads[] = { "QUEUE",    "SLOTS", "SLOT",
					     "MESSAGES", "BYTES", "MISSED" };
	struct term_table *table = term_table_new(6, heads, "lrrrrr");
	char text[TERM_TEXT];

	for (unsigned i = 0; i < TAPE_MOST_QUEUES; i++) {
		const struct target *target = &p->targets[i];

		if (!target->there)
			continue;
		term_cell(table, TERM_NAME, "%s", target->name);
		term_cell(table, TERM_PLAIN, "%u", target->slots);
		term_cell(table, TERM_PLAIN, "%s", term_bytes(text, target->slot_size));
		term_cell(table, TERM_PLAIN, "%llu", (unsigned long long)target->messages);
		term_cell(table, TERM_PLAIN, "%s", term_bytes(text, (double)target->bytes));
		term_cell(table, target->missed > 0 ? TERM_BAD : TERM_DIM, "%llu",
			  (unsigned long long)target->missed);
	}
	term_table_print(table);
	printf("%s%s, %s%s\n", term_style(TERM_DIM), term_span(text, p->last),
	       p->tape.ended ? "complete" : "its end is torn off", term_style(TERM_PLAIN));
}

static int replay(struct replay *p)
{
	struct tape_block block;
	int there = 0, code = TOOL_OK;

	while (code == TOOL_OK && tool_stopped == 0) {
		there = tape_next(&p->tape, &block);
		if (there <= 0)
			break;
		code = take_block(p, &block);
	}
	if (code == TOOL_OK && there == 0 && !p->tape.ended && tool_stopped == 0)
		tool_say("%s: its end is torn off; what is whole was %s", p->tape.name,
			 p->list ? "counted" : "sent");
	if (p->list && tool_settings.json)
		list_json(p);
	else if (p->list)
		list_table(p);
	return there < 0 || tool_stopped != 0 ? TOOL_FAILED : code;
}

/* Every --queue must be one of the recording. */
static int check_chosen(const struct replay *p, int code)
{
	for (unsigned i = 0; i < p->chosen_count; i++) {
		const char *old = p->chosen[i] + (p->chosen[i][0] == '/');
		const size_t n = strcspn(old, "=");
		bool found = false;

		for (unsigned t = 0; t < TAPE_MOST_QUEUES; t++)
			found |= p->targets[t].there && n == strlen(p->targets[t].name) &&
				 memcmp(old, p->targets[t].name, n) == 0;
		if (!found && code == TOOL_OK) {
			tool_say("%s: there is no queue %s in it", p->tape.name, old);
			code = TOOL_GONE;
		}
	}
	return code;
}

static int run(int argc, char **argv)
{
	static struct replay p = { .speed = 1, .timeout = -1 };
	int key, rc;

	while ((key = tool_next_option(&tool_replay, argc, argv)) != -1) {
		if (key == 's')
			p.speed = tool_factor("--speed", optarg);
		else if (key == 'c')
			p.create = true;
		else if (key == 'l')
			p.list = true;
		else if (key == 't')
			p.timeout = tool_duration("--timeout", optarg);
		else if (key == 'q' && p.chosen_count == TAPE_MOST_QUEUES)
			tool_usage("--queue: too many");
		else if (key == 'q')
			p.chosen[p.chosen_count++] = optarg;
	}
	tool_operands(&tool_replay, argc, 1, 1);
	rc = tape_open(&p.tape, argv[optind]);
	if (rc == TOOL_OK)
		rc = check_chosen(&p, replay(&p));
	for (unsigned i = 0; i < TAPE_MOST_QUEUES; i++) {
		struct target *target = &p.targets[i];
		struct nabd_opts opts = NABD_OPTS_INIT;

		if (target->q == NULL || target->shared)
			continue;
		tool_forget(target->q);
		nabd_close(target->q);
		tool_fill_opts(&opts);
		if (target->made && tool_stopped != 0)
			nabd_unlink_opts(target->to, &opts);
	}
	tape_close(&p.tape);
	return rc;
}

const struct tool_command tool_replay = {
	"replay", "FILE", "send what was recorded once more", options, true, run,
};
