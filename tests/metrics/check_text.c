/* SPDX-License-Identifier: MIT */
/* Text that is cut off where the buffer ends, is counted whole, and ends with a NUL. */
#include <string.h>

#include "text.h"
#include "unit.h"

static char room[64];

static size_t written(size_t size, int code)
{
	struct nabdi_text text;
	size_t len = 99;

	memset(room, '#', sizeof(room));
	nabdi_text_begin(&text, size > 0 ? room : NULL, size);
	nabdi_text_add(&text, "abc%d", 12);
	nabdi_text_add(&text, "%s", "");
	nabdi_text_add(&text, "xyz");
	is(code, nabdi_text_end(&text, &len));
	for (size_t i = size; i < sizeof(room); i++)
		ck_assert_int_eq(room[i], '#');
	return len;
}

START_TEST(nothing_is_written_beyond_the_buffer)
{
	for (size_t size = 0; size < 16; size++) {
		ck_assert_uint_eq(written(size, size > 8 ? NABD_OK : NABD_BUFFER), 8);
		if (size > 0)
			ck_assert_uint_eq(strlen(room), size > 8 ? 8 : size - 1);
		ck_assert_int_eq(strncmp(room, "abc12xyz", size > 8 ? 9 : size > 0 ? size - 1 : 0), 0);
	}
}
END_TEST

static const char *quoted(const char *string)
{
	struct nabdi_text text;
	size_t len;

	nabdi_text_begin(&text, room, sizeof(room));
	nabdi_text_quoted(&text, string);
	is(NABD_OK, nabdi_text_end(&text, &len));
	return room;
}

START_TEST(what_is_quoted_can_be_read_by_both)
{
	ck_assert_str_eq(quoted(""), "\"\"");
	ck_assert_str_eq(quoted("a.b-c_1"), "\"a.b-c_1\"");
	ck_assert_str_eq(quoted("\"\\\n"), "\"\\\"\\\\\\n\"");
	ck_assert_str_eq(quoted("a\tb\x7f\xc3"), "\"a_b__\"");
}
END_TEST

static const char *fraction(uint64_t part, uint64_t whole, unsigned digits)
{
	struct nabdi_text text;
	size_t len;

	nabdi_text_begin(&text, room, sizeof(room));
	nabdi_text_fraction(&text, part, whole, digits);
	is(NABD_OK, nabdi_text_end(&text, &len));
	return room;
}

START_TEST(fractions_are_exact)
{
	ck_assert_str_eq(fraction(7, 8, 6), "0.875000");
	ck_assert_str_eq(fraction(2, 3, 3), "0.666");
	ck_assert_str_eq(fraction(1000000001, 1000000000, 9), "1.000000001");
	ck_assert_str_eq(fraction(UINT64_MAX, 1000000000, 9), "18446744073.709551615");
	ck_assert_str_eq(fraction(8, 8, 0), "1");
	ck_assert_str_eq(fraction(1, 0, 2), "0.00");
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_text");

	tcase_add_test(tests, nothing_is_written_beyond_the_buffer);
	tcase_add_test(tests, what_is_quoted_can_be_read_by_both);
	tcase_add_test(tests, fractions_are_exact);
	return unit_run(tests);
}
