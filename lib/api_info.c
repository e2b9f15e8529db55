/* SPDX-License-Identifier: MIT */
/* The doors: errors by name and text, from the one table; the version. */
#include "api.h"

#include "error.h"

struct entry {
	const char *name;
	const char *text;
	int number;
};

#define ENTRY(name, number, text) [-(name)] = {#name, text, number},

static const struct entry table[] = {NABDI_ERRORS(ENTRY)};

static const struct entry *find(int error)
{
	const int count = (int)(sizeof(table) / sizeof(table[0]));

	return error <= 0 && error > -count ? &table[-error] : NULL;
}

int nabdi_error_errno(int error)
{
	const struct entry *entry = find(error);

	return entry != NULL ? entry->number : 0;
}

NABD_API const char *nabd_strerror(int error)
{
	const struct entry *entry = find(error);

	return entry != NULL ? entry->text : "not an error of nabd";
}

NABD_API const char *nabd_error_name(int error)
{
	const struct entry *entry = find(error);

	return entry != NULL ? entry->name : NULL;
}

NABD_API const char *nabd_version(void)
{
	return NABD_VERSION_STRING;
}
