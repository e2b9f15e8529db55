/* SPDX-License-Identifier: MIT */
/* Errors by name, text and errno; the version. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "error.h"
#include "unit.h"

/* Written out again, from the header: a value that changed would break programs. */
static const struct {
	int value;
	const char *name;
} all[] = {
	{0, "NABD_OK"},		  {-1, "NABD_EMPTY"},	   {-2, "NABD_FULL"},
	{-3, "NABD_INVALID"},	  {-4, "NABD_NAME"},	   {-5, "NABD_RANGE"},
	{-6, "NABD_TOOBIG"},	  {-7, "NABD_BUFFER"},	   {-8, "NABD_STATE"},
	{-9, "NABD_ROLE"},	  {-10, "NABD_BUSY"},	   {-11, "NABD_FORKED"},
	{-12, "NABD_NOTFOUND"},	  {-13, "NABD_EXISTS"},	   {-14, "NABD_ACCESS"},
	{-15, "NABD_OWNER"},	  {-16, "NABD_UNSAFE"},	   {-17, "NABD_NOTQUEUE"},
	{-18, "NABD_TRUNCATED"},  {-19, "NABD_FORMAT"},	   {-20, "NABD_BYTEORDER"},
	{-21, "NABD_CORRUPT"},	  {-22, "NABD_GEOMETRY"},  {-23, "NABD_NOSPACE"},
	{-24, "NABD_NOMEM"},	  {-25, "NABD_SYSTEM"},	   {-26, "NABD_DROPPED"},
	{-27, "NABD_EVICTED"},	  {-28, "NABD_LAPPED"},	   {-29, "NABD_TIMEOUT"},
	{-30, "NABD_WOKEN"},	  {-31, "NABD_UNLINKED"},  {-32, "NABD_NOPRODUCER"},
	{-33, "NABD_FOREIGN"},	  {-34, "NABD_NOTCHECKPOINT"},
};

static const int none[] = {1, 2, 1000, INT_MAX, -(int)COUNT(all), -1000, INT_MIN + 1, INT_MIN};

START_TEST(every_error_has_a_name_and_a_text)
{
	ck_assert_int_eq(NABD_NOTCHECKPOINT, 1 - (int)COUNT(all));
	for (unsigned i = 0; i < COUNT(all); i++) {
		const char *text = nabd_strerror(all[i].value);

		ck_assert_int_eq(all[i].value, -(int)i);
		ck_assert_str_eq(nabd_error_name(all[i].value), all[i].name);
		ck_assert_ptr_nonnull(text);
		ck_assert_uint_gt(strlen(text), 5);
		ck_assert_ptr_null(strchr(text, '\n'));
		ck_assert_int_ne(text[strlen(text) - 1], '.');
		for (unsigned j = 0; j < i; j++)
			ck_assert_str_ne(text, nabd_strerror(all[j].value));
	}
}
END_TEST

START_TEST(what_is_no_error)
{
	for (unsigned i = 0; i < COUNT(none); i++) {
		ck_assert_ptr_null(nabd_error_name(none[i]));
		ck_assert_str_eq(nabd_strerror(none[i]), "not an error of nabd");
		ck_assert_int_eq(nabdi_error_errno(none[i]), 0);
	}
}
END_TEST

START_TEST(numbers_of_errno)
{
	for (unsigned i = 1; i < COUNT(all); i++)
		if (all[i].value != NABD_SYSTEM)
			ck_assert_int_gt(nabdi_error_errno(all[i].value), 0);
	ck_assert_int_eq(nabdi_error_errno(NABD_OK), 0);
	ck_assert_int_eq(nabdi_error_errno(NABD_SYSTEM), 0);
	ck_assert_int_eq(nabdi_error_errno(NABD_NOTFOUND), ENOENT);
	ck_assert_int_eq(nabdi_error_errno(NABD_EXISTS), EEXIST);
	ck_assert_int_eq(nabdi_error_errno(NABD_BUSY), EBUSY);
	ck_assert_int_eq(nabdi_error_errno(NABD_NOSPACE), ENOSPC);
	ck_assert_int_eq(nabdi_error_errno(NABD_DROPPED), EIDRM);
	ck_assert_int_eq(nabdi_error_errno(NABD_EVICTED), ESTALE);
	ck_assert_int_eq(nabdi_error_errno(NABD_LAPPED), EOVERFLOW);
	ck_assert_int_eq(nabdi_error_errno(NABD_TIMEOUT), ETIMEDOUT);
	ck_assert_int_eq(nabdi_error_errno(NABD_WOKEN), EINTR);
}
END_TEST

START_TEST(the_version)
{
	ck_assert_str_eq(nabd_version(), NABD_VERSION_STRING);
}
END_TEST

int main(void)
{
	TCase *tests = unit_begin("check_api_info");

	tcase_add_test(tests, every_error_has_a_name_and_a_text);
	tcase_add_test(tests, what_is_no_error);
	tcase_add_test(tests, numbers_of_errno);
	tcase_add_test(tests, the_version);
	return unit_run(tests);
}
