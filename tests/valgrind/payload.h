/* SPDX-License-Identifier: MIT */
/*
 * Messages whose length and bytes follow from their sequence, written and read without
 * atomics, so that a race detector sees whether the library orders them.
 */
#ifndef VALGRIND_PAYLOAD_H
#define VALGRIND_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <nabd/nabd.h>

#define SIZE 300u /* longest message: on both sides of what is copied by hand */

_Noreturn static inline void fail(const char *what, uint64_t sequence, int rc)
{
	const char *name = nabd_error_name(rc);

	fprintf(stderr, "%s, message %llu: %s\n", what, (unsigned long long)sequence,
		name != NULL ? name : "wrong");
	exit(1);
}

static inline uint64_t mix(uint64_t n)
{
	n = (n ^ n >> 31) * UINT64_C(0x9e3779b97f4a7c15);
	return n ^ n >> 29;
}

/* Many are short. */
static inline uint32_t length(uint64_t sequence, uint32_t least)
{
	uint64_t n = mix(sequence);

	return least + (uint32_t)(n & 256 ? n % 24 : n % (SIZE + 1 - least));
}

static inline uint64_t messages_wanted(uint64_t usual)
{
	const char *wish = getenv("NABD_THREADS_MESSAGES");

	return wish != NULL && wish[0] != '\0' ? strtoull(wish, NULL, 10) : usual;
}

#endif
