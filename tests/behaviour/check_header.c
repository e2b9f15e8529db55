/* SPDX-License-Identifier: MIT */
/*
 * check_header.c - a damaged, foreign or lying header: every flipped bit is
 * seen, and what a right checksum covers is checked all the same.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "behaviour.h"
#include "crc32c.h"
#include "layout.h"

#define IDENTITY sizeof(struct nabd_shm_identity)

static const unsigned ways[] = {
	0, NABD_CONSUMER, NABD_PRODUCER, NABD_OBSERVE, NABD_CREATE | NABD_PRODUCER | NABD_CONSUMER,
};

/* So many that twice and half as many need another number of pages. */
#define SLOTS 1024

static unsigned char *whole; /* the file of a right queue "q" */
static size_t whole_len;

static void make_queue(void)
{
	nabd_t *q = open_ok("q", SLOTS, 64, NABD_CREATE | NABD_PRODUCER);

	is(NABD_OK, push_text(q, "kept"));
	close_ok(q);
	whole = read_whole(path_of("q"), &whole_len);
	ck_assert_uint_gt(whole_len, IDENTITY);
}

/* Put a header over that of the queue. */
static void put(const void *identity)
{
	int fd = open(path_of("q"), O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, identity, IDENTITY, 0), (ssize_t)IDENTITY);
	close(fd);
}

static struct nabd_shm_identity right(void)
{
	struct nabd_shm_identity identity;

	memcpy(&identity, whole, sizeof(identity));
	return identity;
}

static void put_with_right_crc(struct nabd_shm_identity *identity)
{
	identity->crc = nabdi_crc32c(0, identity, offsetof(struct nabd_shm_identity, crc));
	put(identity);
}

static void all_ways(int code, const char *what)
{
	for (size_t i = 0; i < COUNT(ways); i++) {
		int got = open_code("q", 0, 0, ways[i]);

		ck_assert_msg(got == code, "%s, flags %#x: %s, wanted %s", what, ways[i],
			      code_name(got), code_name(code));
	}
}

/* What the queue holds must have outlived all of it. */
static void restored(void)
{
	nabd_t *q;

	put(whole);
	q = open_ok("q", SLOTS, 64, NABD_PRODUCER | NABD_CONSUMER);
	pop_is(q, "kept");
	close_ok(q);
	free(whole);
}

/* provokes: nabd_open_opts NABD_NOTQUEUE NABD_FORMAT NABD_CORRUPT */
START_TEST(any_flipped_bit_is_seen)
{
	make_queue();
	for (size_t at = 0; at < IDENTITY; at++) {
		int want = at < 8 ? NABD_NOTQUEUE : at >= 12 && at < 16 ? NABD_FORMAT : NABD_CORRUPT;

		for (unsigned bit = 0; bit < 8; bit++) {
			unsigned char changed[IDENTITY];
			char what[32];

			memcpy(changed, whole, IDENTITY);
			changed[at] ^= (unsigned char)(1u << bit);
			put(changed);
			snprintf(what, sizeof(what), "byte %zu, bit %u", at, bit);
			all_ways(want, what);
		}
	}
	restored();
}
END_TEST

/* Two flips, whole bytes, runs of bytes: a sample that is the same every time. */
START_TEST(heavier_damage_is_seen)
{
	uint32_t random = 12345;

	make_queue();
	for (int i = 0; i < 3000; i++) {
		unsigned char changed[IDENTITY];
		int code;

		memcpy(changed, whole, IDENTITY);
		for (uint32_t n = 1 + (uint32_t)i % 20; n > 0; n--) {
			random = random * 1664525u + 1013904223u;
			changed[random >> 25] = (unsigned char)(random >> 8);
		}
		if (memcmp(changed, whole, IDENTITY) == 0)
			continue;
		put(changed);
		code = open_code("q", 0, 0, ways[(size_t)i % COUNT(ways)]);
		ck_assert_msg(code == NABD_NOTQUEUE || code == NABD_CORRUPT || code == NABD_FORMAT ||
			      code == NABD_BYTEORDER, "damage %d: %s", i, code_name(code));
	}
	restored();
}
END_TEST

/* provokes: nabd_open_opts NABD_FORMAT */
START_TEST(another_version_is_refused)
{
	static const uint32_t versions[] = { 0, 2, 3, 255, 256, 0x01000000, UINT32_MAX };

	make_queue();
	for (size_t i = 0; i < COUNT(versions); i++) {
		struct nabd_shm_identity identity = right();

		identity.version = versions[i];
		put(&identity); /* whose checksum may be elsewhere: the version goes first */
		all_ways(NABD_FORMAT, "version");
		put_with_right_crc(&identity);
		all_ways(NABD_FORMAT, "version");
		is(NABD_OK, open_code("other", 4, 64, NABD_CREATE)); /* its own queues work */
	}
	restored();
}
END_TEST

START_TEST(an_unknown_feature_is_refused_and_an_unknown_hint_is_not)
{
	make_queue();
	for (unsigned bit = 0; bit < 64; bit++) {
		const uint64_t mask = UINT64_C(1) << bit;
		struct nabd_shm_identity identity = right();

		identity.features |= mask;
		put_with_right_crc(&identity);
		/* With times everything lies elsewhere: this file says then that it does not. */
		all_ways(mask == NABD_SHM_OVERWRITE ? NABD_OK
			 : mask == NABD_SHM_TIMES   ? NABD_CORRUPT
						    : NABD_FORMAT,
			 "feature");
		identity = right();
		identity.hints |= UINT64_C(1) << bit;
		put_with_right_crc(&identity);
		all_ways(NABD_OK, "hint");
	}
	restored();
}
END_TEST

static void swap(void *field, size_t size)
{
	unsigned char *bytes = field;

	for (size_t i = 0; i < size / 2; i++) {
		unsigned char byte = bytes[i];

		bytes[i] = bytes[size - 1 - i];
		bytes[size - 1 - i] = byte;
	}
}

#define SWAP(identity, field) swap(&(identity)->field, sizeof((identity)->field))

/* The header as a machine of the other byte order writes it. */
static void swap_all(struct nabd_shm_identity *id)
{
	id->crc = 0;
	SWAP(id, byte_order);
	SWAP(id, version);
	SWAP(id, features);
	SWAP(id, hints);
	SWAP(id, created_ns);
	SWAP(id, page);
	SWAP(id, slots);
	SWAP(id, slot_size);
	SWAP(id, align);
	SWAP(id, stride);
	SWAP(id, groups);
	SWAP(id, consumer_off);
	SWAP(id, slots_off);
	SWAP(id, total);
	id->crc = nabdi_crc32c(0, id, offsetof(struct nabd_shm_identity, crc));
	SWAP(id, crc);
}

/* provokes: nabd_open_opts NABD_BYTEORDER */
START_TEST(the_other_byte_order_is_refused)
{
	struct nabd_shm_identity identity;

	make_queue();
	identity = right();
	swap_all(&identity);
	put(&identity);
	all_ways(NABD_BYTEORDER, "other byte order");
	restored();
}
END_TEST

/* A lie in one field, under a right checksum. */
#define LIE(field, number) \
	{ #field " = " #number, offsetof(struct nabd_shm_identity, field), \
	  sizeof(((struct nabd_shm_identity *)0)->field), number }

static const struct {
	const char *what;
	size_t at, size;
	uint64_t number;
} lies[] = {
	LIE(page, 0), LIE(page, 1), LIE(page, 4095), LIE(page, 2048), LIE(page, UINT32_MAX),
	LIE(page, 1u << 31), LIE(page, 8192), LIE(slots, 0), LIE(slots, 3), LIE(slots, 1000),
	LIE(slots, 512), LIE(slots, 2048), LIE(slots, 1u << 30), LIE(slots, 1u << 31),
	LIE(slots, UINT32_MAX), LIE(slot_size, 0), LIE(slot_size, 1), LIE(slot_size, 73),
	LIE(slot_size, 1u << 30), LIE(slot_size, (1u << 30) + 1), LIE(slot_size, UINT32_MAX),
	LIE(align, 0), LIE(align, 1), LIE(align, 4), LIE(align, 7), LIE(align, 16),
	LIE(align, 4096), LIE(align, 8192), LIE(align, UINT32_MAX), LIE(stride, 0),
	LIE(stride, 8), LIE(stride, 64), LIE(stride, 80), LIE(stride, UINT32_MAX),
	LIE(groups, 0), LIE(groups, 1), LIE(groups, 18), LIE(groups, UINT32_MAX),
	LIE(consumer_off, 0), LIE(consumer_off, 1), LIE(consumer_off, 8192),
	LIE(consumer_off, UINT64_MAX), LIE(consumer_off, 1ull << 63), LIE(slots_off, 0),
	LIE(slots_off, 4096), LIE(slots_off, 1ull << 62), LIE(slots_off, UINT64_MAX),
	LIE(total, 0), LIE(total, 1), LIE(total, 4096), LIE(total, 1ull << 40),
	LIE(total, 1ull << 63), LIE(total, UINT64_MAX),
};

/* provokes: nabd_open_opts NABD_CORRUPT */
START_TEST(a_lie_under_a_right_checksum_is_seen)
{
	make_queue();
	for (size_t i = 0; i < COUNT(lies); i++) {
		struct nabd_shm_identity identity = right();
		uint32_t number = (uint32_t)lies[i].number;
		const void *bytes = lies[i].size == 4 ? (void *)&number : (void *)&lies[i].number;

		memcpy((char *)&identity + lies[i].at, bytes, lies[i].size);
		put_with_right_crc(&identity);
		all_ways(NABD_CORRUPT, lies[i].what);
	}
	restored();
}
END_TEST

/* The header of a larger or smaller queue over this file. */
START_TEST(a_right_header_of_another_queue_is_seen)
{
	static const size_t sizes[][2] = {
		{ 64, 64 }, { 4, 4096 }, { 1024, 4096 }, { 1u << 20, 64 }
	};

	make_queue();
	for (size_t i = 0; i < COUNT(sizes); i++) {
		unsigned char *other;
		size_t len;

		is(NABD_OK, open_code("other", sizes[i][0], sizes[i][1], NABD_CREATE));
		other = read_whole(path_of("other"), &len);
		is(NABD_OK, nabd_unlink("other"));
		put(other);
		free(other);
		all_ways(NABD_TRUNCATED, "another queue's header");
	}
	restored();
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_header");

	tcase_add_test(tests, any_flipped_bit_is_seen);
	tcase_add_test(tests, heavier_damage_is_seen);
	tcase_add_test(tests, another_version_is_refused);
	tcase_add_test(tests, an_unknown_feature_is_refused_and_an_unknown_hint_is_not);
	tcase_add_test(tests, the_other_byte_order_is_refused);
	tcase_add_test(tests, a_lie_under_a_right_checksum_is_seen);
	tcase_add_test(tests, a_right_header_of_another_queue_is_seen);
	return behaviour_run();
}
