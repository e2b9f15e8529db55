/* SPDX-License-Identifier: MIT */
/*
 * wait_calls.c - every call that waits, as tables; see waits.h.
 */
#include "waits.h"

static const uint32_t one_byte[1] = { 1 };

static int run_reserve_wait(nabd_t *q, int64_t timeout_ns)
{
	void *slot;
	int code = nabd_reserve_wait(q, 1, &slot, timeout_ns);

	if (code != NABD_OK)
		return code;
	*(char *)slot = 'x';
	return nabd_commit(q, 1);
}

static int run_push_wait(nabd_t *q, int64_t timeout_ns)
{
	return nabd_push_wait(q, "x", 1, timeout_ns);
}

static int run_reserve_batch_wait(nabd_t *q, int64_t timeout_ns)
{
	void *slots[2];
	size_t got = 77;
	int code = nabd_reserve_batch_wait(q, 1, slots, 1, &got, timeout_ns);

	if (got != (code == NABD_OK))
		return 1000 + (int)got;
	if (code != NABD_OK)
		return code;
	*(char *)slots[0] = 'x';
	return nabd_commit_batch(q, one_byte, 1);
}

static int run_push_batch_wait(nabd_t *q, int64_t timeout_ns)
{
	size_t sent = 77;
	int code = nabd_push_batch_wait(q, "x", one_byte, 1, &sent, timeout_ns);

	return sent != (code == NABD_OK) ? 1000 + (int)sent : code;
}

static int run_peek_wait(nabd_t *q, int64_t timeout_ns)
{
	const void *data;
	size_t len;
	int code = nabd_peek_wait(q, &data, &len, timeout_ns);

	return code == NABD_OK ? nabd_release(q) : code;
}

static int run_peek_msg_wait(nabd_t *q, int64_t timeout_ns)
{
	struct nabd_msg msg;
	int code = nabd_peek_msg_wait(q, &msg, timeout_ns);

	return code == NABD_OK ? nabd_release(q) : code;
}

static int run_pop_wait(nabd_t *q, int64_t timeout_ns)
{
	char bytes[64];
	size_t len = sizeof(bytes);

	return nabd_pop_wait(q, bytes, &len, timeout_ns);
}

static int run_peek_batch_wait(nabd_t *q, int64_t timeout_ns)
{
	struct nabd_msg msgs[1];
	size_t got = 77;
	int code = nabd_peek_batch_wait(q, msgs, 1, &got, timeout_ns);

	if (got != (code == NABD_OK))
		return 1000 + (int)got;
	return code == NABD_OK ? nabd_release_batch(q, 1) : code;
}

static int run_pop_batch_wait(nabd_t *q, int64_t timeout_ns)
{
	char bytes[64];
	uint32_t lens[1];
	size_t got = 77;
	int code = nabd_pop_batch_wait(q, bytes, sizeof(bytes), lens, 1, &got, timeout_ns);

	return got != (code == NABD_OK) ? 1000 + (int)got : code;
}

const struct wait_call wait_calls[WAIT_CALLS] = {
	{ run_reserve_wait, "nabd_reserve_wait", SEND },
	{ run_push_wait, "nabd_push_wait", SEND },
	{ run_reserve_batch_wait, "nabd_reserve_batch_wait", SEND },
	{ run_push_batch_wait, "nabd_push_batch_wait", SEND },
	{ run_peek_wait, "nabd_peek_wait", RECEIVE },
	{ run_peek_msg_wait, "nabd_peek_msg_wait", RECEIVE },
	{ run_pop_wait, "nabd_pop_wait", RECEIVE },
	{ run_peek_batch_wait, "nabd_peek_batch_wait", RECEIVE },
	{ run_pop_batch_wait, "nabd_pop_batch_wait", RECEIVE },
};

static int member_peek_wait(nabd_consumer_t *c, int64_t timeout_ns)
{
	const void *data;
	size_t len;
	int code = nabd_consumer_peek_wait(c, &data, &len, timeout_ns);

	return code == NABD_OK ? nabd_consumer_release(c) : code;
}

static int member_peek_msg_wait(nabd_consumer_t *c, int64_t timeout_ns)
{
	struct nabd_msg msg;
	int code = nabd_consumer_peek_msg_wait(c, &msg, timeout_ns);

	return code == NABD_OK ? nabd_consumer_release(c) : code;
}

static int member_pop_wait(nabd_consumer_t *c, int64_t timeout_ns)
{
	char bytes[64];
	size_t len = sizeof(bytes);

	return nabd_consumer_pop_wait(c, bytes, &len, timeout_ns);
}

static int member_peek_batch_wait(nabd_consumer_t *c, int64_t timeout_ns)
{
	struct nabd_msg msgs[1];
	size_t got = 77;
	int code = nabd_consumer_peek_batch_wait(c, msgs, 1, &got, timeout_ns);

	if (got != (code == NABD_OK))
		return 1000 + (int)got;
	return code == NABD_OK ? nabd_consumer_release_batch(c, 1) : code;
}

static int member_pop_batch_wait(nabd_consumer_t *c, int64_t timeout_ns)
{
	char bytes[64];
	uint32_t lens[1];
	size_t got = 77;
	int code = nabd_consumer_pop_batch_wait(c, bytes, sizeof(bytes), lens, 1, &got, timeout_ns);

	return got != (code == NABD_OK) ? 1000 + (int)got : code;
}

const struct member_wait member_waits[MEMBER_WAITS] = {
	{ member_peek_wait, "nabd_consumer_peek_wait" },
	{ member_peek_msg_wait, "nabd_consumer_peek_msg_wait" },
	{ member_pop_wait, "nabd_consumer_pop_wait" },
	{ member_peek_batch_wait, "nabd_consumer_peek_batch_wait" },
	{ member_pop_batch_wait, "nabd_consumer_pop_batch_wait" },
};

int pops(nabd_t *q, int64_t timeout_ns)
{
	return run_pop_wait(q, timeout_ns);
}

int pushes(nabd_t *q, int64_t timeout_ns)
{
	return run_push_wait(q, timeout_ns);
}

int member_pops(nabd_consumer_t *c, int64_t timeout_ns)
{
	return member_pop_wait(c, timeout_ns);
}

void all_waits(nabd_t *q, enum side side, int64_t timeout_ns, int code)
{
	for (size_t i = 0; i < WAIT_CALLS; i++) {
		int got;

		if (wait_calls[i].side != side)
			continue;
		got = wait_calls[i].run(q, timeout_ns);
		ck_assert_msg(got == code, "%s: %s, wanted %s", wait_calls[i].name, code_name(got),
			      code_name(code));
	}
}

void all_member_waits(nabd_consumer_t *c, int64_t timeout_ns, int code)
{
	for (size_t i = 0; i < MEMBER_WAITS; i++) {
		int got = member_waits[i].run(c, timeout_ns);

		ck_assert_msg(got == code, "%s: %s, wanted %s", member_waits[i].name,
			      code_name(got), code_name(code));
	}
}
