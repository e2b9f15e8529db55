/* SPDX-License-Identifier: MIT */
/* words.c - words of a case read, and answers printed. */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

int64_t number(const char *word)
{
	char *rest;
	long long n = strtoll(word, &rest, 10);

	if (*word == '\0' || *rest != '\0')
		fail("not a number", word);
	return n;
}

/* What stands behind key, which ends with "=": or NULL if the word is another. */
const char *value_of(const char *word, const char *key)
{
	size_t len = strlen(key);

	return strncmp(word, key, len) == 0 ? word + len : NULL;
}

/* The sum of bits of a+b; names[i] is bit i. */
unsigned flags(char *word, const char *const *names)
{
	unsigned sum = 0, i;
	char *rest = NULL, *name;

	if (strcmp(word, "0") == 0)
		return 0;
	for (name = strtok_r(word, "+", &rest); name != NULL; name = strtok_r(NULL, "+", &rest)) {
		for (i = 0; names[i] != NULL && strcmp(names[i], name) != 0; i++)
			;
		if (names[i] == NULL)
			fail("unknown flag", name);
		sum |= 1u << i;
	}
	return sum;
}

/* The bytes that a word stands for; tells how many, also if there is room for fewer. */
size_t data(const char *word, unsigned char *buf, size_t room)
{
	char *rest;
	unsigned long n = strtoul(word, &rest, 10);
	size_t len = strlen(word);

	if (strcmp(word, "-") == 0)
		return 0;
	if (rest != word && rest[0] == '*' && rest[1] != '\0' && rest[2] == '\0') {
		if (room > 0)
			memset(buf, rest[1], n < room ? n : room);
		return n;
	}
	if (room > 0)
		memcpy(buf, word, len < room ? len : room);
	return len;
}

/* A,B,… one behind the other (each 0), or each bytes apart; tells how many. */
size_t list(char *word, unsigned char *buf, size_t each, uint32_t *lens)
{
	char *rest = NULL, *item;
	size_t n = 0, at = 0;

	if (strcmp(word, "none") == 0)
		return 0;
	for (item = strtok_r(word, ",", &rest); item != NULL; item = strtok_r(NULL, ",", &rest)) {
		if (n == MAX_BATCH)
			fail("too many messages", item);
		lens[n] = (uint32_t)data(item, buf + at, MAX_DATA);
		if (lens[n] > MAX_DATA)
			fail("too long a message", item);
		at += each == 0 ? lens[n] : each;
		n++;
	}
	return n;
}

const char *name_of(int error)
{
	const char *name = nabd_error_name(error);

	return name == NULL ? "none" : name + strlen("NABD_");
}

void print_data(const void *bytes, size_t len)
{
	const unsigned char *byte = bytes;
	size_t i;

	if (len == 0) {
		printf("-");
	} else if (len <= 16) {
		printf("%.*s", (int)len, (const char *)bytes);
	} else {
		for (i = 1; i < len && byte[i] == byte[0]; i++)
			;
		if (i == len)
			printf("%zu*%c", len, byte[0]);
		else
			printf("%zu bytes", len);
	}
}

void print_message(const struct nabd_msg *msg)
{
	print_data(msg->data, msg->len);
	printf("@%" PRIu64 "%s", msg->sequence, msg->flags & NABD_MSG_REDELIVERED ? "!" : "");
	if (msg->deliveries > 1)
		printf("x%u", msg->deliveries);
}

void say(int error)
{
	printf("= %s\n", name_of(error));
}

int begin(int error)
{
	printf("= %s", name_of(error));
	return error == NABD_OK;
}

void end(void)
{
	putchar('\n');
}

void say_number(int error, int64_t n)
{
	if (begin(error))
		printf(" %" PRId64, n);
	end();
}

void say_answer(int answer)
{
	say_number(answer < 0 ? answer : NABD_OK, answer);
}
