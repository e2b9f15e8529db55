/* SPDX-License-Identifier: MIT */
/* check_format.c - the text is cut off where the buffer ends, and what it needs is told. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "groups.h"

static int out_of_memory;

int __real_posix_memalign(void **p, size_t align, size_t size);
int __wrap_posix_memalign(void **p, size_t align, size_t size);

int __wrap_posix_memalign(void **p, size_t align, size_t size)
{
	return out_of_memory ? ENOMEM : __real_posix_memalign(p, align, size);
}

/* Ages change from call to call, but in the digits behind the point. */
static void forget_digits(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= '0' && *text <= '9')
			*text = '0';
}

/* provokes: nabd_metrics_format NABD_OK NABD_BUFFER */
START_TEST(nothing_is_written_beyond_the_buffer)
{
	static char whole[65536], part[65536];
	nabd_t *q = queue_of(8);
	nabd_consumer_t *c = join_ok(q, 1);

	push_numbers(q, 0, 3);
	gets(c, 0);
	for (unsigned f = 0; f <= NABD_METRICS_PROMETHEUS; f++) {
		size_t need, len;

		is(NABD_BUFFER, nabd_metrics_format(q, f, NULL, 0, &need));
		ck_assert_uint_gt(need, 300);
		is(NABD_OK, nabd_metrics_format(q, f, whole, sizeof(whole), &len));
		ck_assert_uint_eq(strlen(whole), len);
		ck_assert_int_eq(whole[len - 1], '\n');
		forget_digits(whole);
		for (size_t size = 1; size < need - 20; size += 7) {
			memset(part, '#', sizeof(part));
			is(NABD_BUFFER, nabd_metrics_format(q, f, part, size, &len));
			ck_assert_uint_eq(strlen(part), size - 1);
			ck_assert_int_eq(part[size], '#');
			ck_assert_int_eq(part[size + 1], '#');
			forget_digits(part);
			if (size < 300)
				ck_assert_int_eq(strncmp(part, whole, size - 1), 0);
		}
	}
	leave_ok(c);
	close_ok(q);
}
END_TEST

/* provokes: nabd_metrics_format NABD_INVALID NABD_NOMEM */
START_TEST(arguments_are_checked)
{
	nabd_t *q = queue_of(8);
	char buf[8];
	size_t len;

	is(NABD_INVALID, nabd_metrics_format(NULL, 0, buf, sizeof(buf), &len));
	is(NABD_INVALID, nabd_metrics_format(q, 3, buf, sizeof(buf), &len));
	is(NABD_INVALID, nabd_metrics_format(q, 0, NULL, 1, &len));
	is(NABD_INVALID, nabd_metrics_format(q, 0, buf, sizeof(buf), NULL));
	out_of_memory = 1;
	is(NABD_NOMEM, nabd_metrics_format(q, 0, buf, sizeof(buf), &len));
	out_of_memory = 0;
	close_ok(q);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_format");

	tcase_add_test(tests, nothing_is_written_beyond_the_buffer);
	tcase_add_test(tests, arguments_are_checked);
	return behaviour_run();
}
