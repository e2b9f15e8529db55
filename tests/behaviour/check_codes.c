/* SPDX-License-Identifier: MIT */
/*
 * check_codes.c - every error has its own name and text, and the version is told.
 */
#include <limits.h>
#include <string.h>

#include "behaviour.h"

#define CODE(name) { name, #name }

static const struct {
	int code;
	const char *name;
} codes[] = {
	CODE(NABD_OK),	      CODE(NABD_EMPTY),	    CODE(NABD_FULL),	  CODE(NABD_INVALID),
	CODE(NABD_NAME),      CODE(NABD_RANGE),	    CODE(NABD_TOOBIG),	  CODE(NABD_BUFFER),
	CODE(NABD_STATE),     CODE(NABD_ROLE),	    CODE(NABD_BUSY),	  CODE(NABD_FORKED),
	CODE(NABD_NOTFOUND),  CODE(NABD_EXISTS),    CODE(NABD_ACCESS),	  CODE(NABD_OWNER),
	CODE(NABD_UNSAFE),    CODE(NABD_NOTQUEUE),  CODE(NABD_TRUNCATED), CODE(NABD_FORMAT),
	CODE(NABD_BYTEORDER), CODE(NABD_CORRUPT),   CODE(NABD_GEOMETRY),  CODE(NABD_NOSPACE),
	CODE(NABD_NOMEM),     CODE(NABD_SYSTEM),    CODE(NABD_DROPPED),	  CODE(NABD_EVICTED),
	CODE(NABD_LAPPED),    CODE(NABD_TIMEOUT),   CODE(NABD_WOKEN),	  CODE(NABD_UNLINKED),
	CODE(NABD_NOPRODUCER),
	CODE(NABD_FOREIGN),
	CODE(NABD_NOTCHECKPOINT),
};

static const int foreign[] = { 1, 2, 77, NABD_NOTCHECKPOINT - 1, -1000, INT_MAX, INT_MIN };

/* The numbers are part of the ABI: they may be stored, sent, compared in scripts. */
START_TEST(values_are_fixed)
{
	for (size_t i = 0; i < COUNT(codes); i++)
		ck_assert_int_eq(codes[i].code, -(int)i);
}
END_TEST

START_TEST(each_code_has_its_name)
{
	for (size_t i = 0; i < COUNT(codes); i++)
		ck_assert_pstr_eq(nabd_error_name(codes[i].code), codes[i].name);
	for (size_t i = 0; i < COUNT(foreign); i++)
		ck_assert_ptr_null(nabd_error_name(foreign[i]));
}
END_TEST

START_TEST(each_code_has_its_text)
{
	const char *unknown = nabd_strerror(foreign[0]);

	for (size_t i = 0; i < COUNT(codes); i++) {
		const char *text = nabd_strerror(codes[i].code);

		ck_assert_ptr_nonnull(text);
		ck_assert_uint_gt(strlen(text), 0);
		ck_assert_ptr_null(strchr(text, '\n'));
		ck_assert_int_ne(text[strlen(text) - 1], '.');
		ck_assert_str_ne(text, unknown);
		ck_assert_ptr_eq(text, nabd_strerror(codes[i].code));
		for (size_t other = 0; other < i; other++)
			ck_assert_str_ne(text, nabd_strerror(codes[other].code));
	}
}
END_TEST

START_TEST(a_number_that_is_no_code_has_a_text_too)
{
	for (size_t i = 0; i < COUNT(foreign); i++) {
		ck_assert_ptr_nonnull(nabd_strerror(foreign[i]));
		ck_assert_uint_gt(strlen(nabd_strerror(foreign[i])), 0);
	}
}
END_TEST

START_TEST(version_is_the_headers)
{
	ck_assert_str_eq(nabd_version(), NABD_VERSION_STRING);
}
END_TEST

int main(void)
{
	TCase *tests = behaviour_begin("check_codes");

	tcase_add_test(tests, values_are_fixed);
	tcase_add_test(tests, each_code_has_its_name);
	tcase_add_test(tests, each_code_has_its_text);
	tcase_add_test(tests, a_number_that_is_no_code_has_a_text_too);
	tcase_add_test(tests, version_is_the_headers);
	return behaviour_run();
}
