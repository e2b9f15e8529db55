/* SPDX-License-Identifier: MIT */
/*
 * user.c - a program such as users write, valid as C11 and as C++: the public
 * header needs nothing before it and may come twice; a message goes through a
 * queue. With USER_INLINE the calls are made in place. header-alone.sh builds it in the build tree, .ci/run once installed.
 */
#include <nabd/nabd.h>
#include <nabd/nabd.h>
#ifdef USER_INLINE
#include <nabd/inline.h>
#include <nabd/inline.h>
#endif

#include <stdio.h>
#include <string.h>
#ifdef __cplusplus
#include <array>
#endif

/* What a program writes at file scope must be constant expressions. */
static const struct nabd_opts defaults = NABD_OPTS_INIT;
static const unsigned flags = NABD_CREATE | NABD_EXCL | NABD_PRODUCER | NABD_CONSUMER;

#if NABD_VERSION_NUMBER < 900
#error "the version cannot be compared"
#endif

static int failed(const char *call, int error)
{
	fprintf(stderr, "%s: %s: %s\n", call, nabd_error_name(error), nabd_strerror(error));
	return 1;
}

/*
 * Arguments with commas in braces; and a buffer that is shorter than other messages are. Not
 * static: in what is called once, by main(), compilers inline little.
 */
int numbers(nabd_t *q);
int numbers(nabd_t *q)
{
	uint32_t number = 0;
	size_t len = sizeof(number);

#ifdef __cplusplus
	if (nabd_push(q, std::array<uint8_t, 4>{{1, 2, 3, 4}}.data(), 4) != NABD_OK)
		return 1;
#else
	if (nabd_push(q, (uint8_t[]){1, 2, 3, 4}, 4) != NABD_OK)
		return 1;
#endif
	return nabd_pop(q, &number, &len) != NABD_OK || len != 4 || number == 0;
}

/* The first argument is a queue of its own. */
int main(int argc, char **argv)
{
	char text[32] = "";
	size_t len = sizeof(text);
	nabd_t *q = NULL;
	int error;

	if (argc != 2)
		return 2;
	if (strcmp(nabd_version(), NABD_VERSION_STRING) != 0)
		return 1;
	error = nabd_open_opts(argv[1], 16, 64, flags, &defaults, &q);
	if (error != NABD_OK)
		return failed("nabd_open_opts", error);
	error = nabd_unlink(argv[1]);
	if (error != NABD_OK)
		return failed("nabd_unlink", error);
	error = nabd_push(q, "from user to user", 18);
	if (error != NABD_OK)
		return failed("nabd_push", error);
	error = nabd_pop(q, text, &len);
	if (error != NABD_OK)
		return failed("nabd_pop", error);
	error = nabd_peek(q, NULL, &len);
	if (error != NABD_INVALID)
		return failed("nabd_peek", error);
	if (nabd_release(q) != NABD_STATE || nabd_commit(q, 0) != NABD_STATE)
		return 1;
	if (nabd_reserve(q, 65, NULL) != NABD_INVALID)
		return 1;
	if (len != 18 || strcmp(text, "from user to user") != 0)
		return 1;
	if (numbers(q) != 0)
		return 1;
	return nabd_close(q) != NABD_OK;
}
