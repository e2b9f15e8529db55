/* SPDX-License-Identifier: MIT */
/*
 * For the doors, the api_*.c files: the only functions that the library exports.
 * A door checks what the caller gave, calls the mechanism once, and returns its
 * result. The contract of each is in nabd.h and in its manual page.
 */
#ifndef NABD_API_H
#define NABD_API_H

#define NABD_API __attribute__((visibility("default")))

#include <stdbool.h>
#include <string.h>

#include <nabd/nabd.h>

/* api_open.c: what a caller's options say, or the defaults if there are none. */
int nabdi_api_opts(const struct nabd_opts *from, struct nabd_opts *opts);

#define NABDI_API_MAX_OPTS 4096u /* bytes; what is longer is no struct of any version */

/*
 * Options that begin with their size, as a caller of some version fills them in; opts
 * holds our defaults, and receives them. They may be shorter than ours, being older: then
 * they end where a version did, one of the n sizes, and the rest stays. Or longer: what we
 * don't know of must be zero, or it is a wish that we would have to ignore.
 */
static inline int nabdi_api_read_opts(const void *from, void *opts, const uint32_t *sizes, size_t n)
{
	const uint32_t ours = sizes[n - 1];
	const uint8_t *bytes = from;
	bool known = false;
	uint32_t size;

	memcpy(&size, from, sizeof(size));
	for (size_t i = 0; i < n; i++)
		known |= size == sizes[i];
	if (!known && (size < ours || size > NABDI_API_MAX_OPTS || size % 4 != 0))
		return NABD_INVALID;
	for (size_t i = ours; i < size; i++)
		if (bytes[i] != 0)
			return NABD_INVALID;
	memcpy(opts, from, size < ours ? size : ours);
	return NABD_OK;
}

/* A result, as much of it as both know. Both begin with their size. */
static inline int nabdi_api_give(void *to, void *now, size_t ours)
{
	uint32_t size;

	memcpy(&size, to, sizeof(size));
	size = size < ours ? size : (uint32_t)ours;
	memcpy(now, &size, sizeof(size));
	memcpy(to, now, size);
	return NABD_OK;
}

#endif
