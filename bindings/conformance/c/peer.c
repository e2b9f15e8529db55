/* SPDX-License-Identifier: MIT */
/*
 * peer.c - a sender, a receiver and a member of a group, for pairs of languages.
 *
 *	peer send NAME COUNT SEED
 *	peer receive NAME COUNT SEED
 *	peer member NAME GROUP COUNT [hold]
 *
 * ../README.md says what the messages are and what is printed.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nabd/nabd.h>

#define SLOTS     64
#define SLOT_SIZE 1024
#define HEAD      12 /* the number, and the CRC of what follows */
#define PATIENCE  INT64_C(60000000000)

static uint32_t crc_of_byte[256];

static void make_crc_table(void)
{
	uint32_t byte, crc;
	int bit;

	for (byte = 0; byte < 256; byte++) {
		crc = byte;
		for (bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
		crc_of_byte[byte] = crc;
	}
}

/* Goes on from the CRC of what is before; that of nothing is 0. */
static uint32_t crc32(uint32_t crc, const unsigned char *bytes, size_t len)
{
	crc = ~crc;
	while (len-- > 0)
		crc = (crc >> 8) ^ crc_of_byte[(crc ^ *bytes++) & 0xFF];
	return ~crc;
}

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static void put(unsigned char *to, uint64_t number, int bytes)
{
	int i;

	for (i = 0; i < bytes; i++)
		to[i] = (unsigned char)(number >> 8 * i);
}

static uint64_t get(const unsigned char *from, int bytes)
{
	uint64_t number = 0;

	while (bytes-- > 0)
		number = number << 8 | from[bytes];
	return number;
}

/* Message number i, and what is added to the CRC of all of them; returns its length. */
static size_t make_message(unsigned char *to, uint64_t i, uint64_t *state, uint32_t *all)
{
	size_t len = HEAD + (size_t)(next_random(state) % (SLOT_SIZE - HEAD + 1)), k;
	uint64_t word = next_random(state);

	for (k = HEAD; k < len; k++)
		to[k] = (unsigned char)(word >> 8 * ((k - HEAD) % 8));
	put(to, i, 8);
	put(to + 8, crc32(0, to + HEAD, len - HEAD), 4);
	*all = crc32(*all, to + HEAD, len - HEAD);
	return len;
}

static void must(int err, const char *call)
{
	if (err == NABD_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, nabd_error_name(err));
	exit(1);
}

static nabd_t *open_queue(const char *name, unsigned role)
{
	nabd_t *q;

	must(nabd_open_opts(name, SLOTS, SLOT_SIZE, NABD_CREATE | role, NULL, &q), "nabd_open_opts");
	return q;
}

static int send_all(const char *name, uint64_t count, uint64_t state)
{
	nabd_t *q = open_queue(name, NABD_PRODUCER);
	unsigned char buf[SLOT_SIZE];
	uint32_t all = 0;
	uint64_t i;

	for (i = 0; i < count; i++) {
		size_t len = make_message(buf, i, &state, &all);
		void *slot;

		if (i % 2 == 0) {
			must(nabd_push_wait(q, buf, len, PATIENCE), "nabd_push_wait");
		} else {
			must(nabd_reserve_wait(q, len, &slot, PATIENCE), "nabd_reserve_wait");
			memcpy(slot, buf, len);
			must(nabd_commit(q, len), "nabd_commit");
		}
	}
	must(nabd_close(q), "nabd_close");
	printf("%" PRIu64 " %08" PRIx32 "\n", count, all);
	return 0;
}

static int receive_all(const char *name, uint64_t count, uint64_t state)
{
	nabd_t *q = open_queue(name, NABD_CONSUMER);
	unsigned char buf[SLOT_SIZE], want[SLOT_SIZE];
	uint32_t all = 0;
	uint64_t i;

	for (i = 0; i < count; i++) {
		size_t want_len = make_message(want, i, &state, &all), len = sizeof(buf);
		const void *data = buf;

		if (i % 2 == 0)
			must(nabd_pop_wait(q, buf, &len, PATIENCE), "nabd_pop_wait");
		else
			must(nabd_peek_wait(q, &data, &len, PATIENCE), "nabd_peek_wait");
		if (len != want_len || memcmp(data, want, len) != 0) {
			fprintf(stderr, "message %" PRIu64 " differs\n", i);
			return 1;
		}
		if (i % 2 != 0)
			must(nabd_release(q), "nabd_release");
	}
	must(nabd_close(q), "nabd_close");
	printf("%" PRIu64 " %08" PRIx32 "\n", count, all);
	return 0;
}

/* The number of a message that is whole; any other ends the program. */
static uint64_t check_message(const struct nabd_msg *msg)
{
	const unsigned char *bytes = msg->data;

	if (msg->len < HEAD || get(bytes + 8, 4) != crc32(0, bytes + HEAD, msg->len - HEAD)) {
		fprintf(stderr, "message of sequence %" PRIu64 " is damaged\n", msg->sequence);
		exit(1);
	}
	return get(bytes, 8);
}

static int be_member(const char *name, unsigned group, uint64_t count, int hold)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	nabd_t *q = open_queue(name, NABD_CONSUMER);
	nabd_consumer_t *c;
	struct nabd_msg msg;
	uint64_t i;

	opts.flags = NABD_JOIN_OLDEST;
	must(nabd_consumer_join_opts(q, group, &opts, &c), "nabd_consumer_join_opts");
	puts("joined");
	fflush(stdout);
	for (i = 0; i < count; i++) {
		must(nabd_consumer_peek_msg_wait(c, &msg, PATIENCE), "nabd_consumer_peek_msg_wait");
		/* Printed first: who dies in between has it printed again by another. */
		printf("%" PRIu64 "%s\n", check_message(&msg),
		       msg.flags & NABD_MSG_REDELIVERED ? " redelivered" : "");
		fflush(stdout);
		must(nabd_consumer_release(c), "nabd_consumer_release");
	}
	if (hold) {
		must(nabd_consumer_peek_msg_wait(c, &msg, PATIENCE), "nabd_consumer_peek_msg_wait");
		printf("holding %" PRIu64 "\n", check_message(&msg));
		fflush(stdout);
		for (;;)
			pause();
	}
	must(nabd_consumer_close(c), "nabd_consumer_close");
	must(nabd_close(q), "nabd_close");
	return 0;
}

int main(int argc, char **argv)
{
	make_crc_table();
	if (argc == 5 && strcmp(argv[1], "send") == 0)
		return send_all(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "receive") == 0)
		return receive_all(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
	if ((argc == 5 || (argc == 6 && strcmp(argv[5], "hold") == 0)) &&
	    strcmp(argv[1], "member") == 0)
		return be_member(argv[2], (unsigned)strtoul(argv[3], NULL, 10),
				 strtoull(argv[4], NULL, 10), argc == 6);
	fprintf(stderr, "usage: peer send|receive NAME COUNT SEED\n"
			"       peer member NAME GROUP COUNT [hold]\n");
	return 2;
}
