/* SPDX-License-Identifier: MIT */
/*
 * Text into a caller's buffer, as snprintf(3) does it: what does not fit is counted and
 * left out, and what is there always ends with a NUL.
 */
#ifndef NABD_TEXT_H
#define NABD_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct nabdi_text {
	char *buf; /* may be NULL if size is 0 */
	size_t size;
	size_t len; /* of all that was said, without the NUL */
};

/* Begin with an empty text. */
void nabdi_text_begin(struct nabdi_text *text, char *buf, size_t size);

/* Like printf(3). No floating point, which would be written as the locale likes it. */
__attribute__((format(printf, 2, 3))) void nabdi_text_add(struct nabdi_text *text,
							   const char *format, ...);

/* In double quotes, as both JSON and Prometheus understand it. */
void nabdi_text_quoted(struct nabdi_text *text, const char *string);

/* part / whole with so many digits behind the point, rounded down. whole is below 2^60. */
void nabdi_text_fraction(struct nabdi_text *text, uint64_t part, uint64_t whole, unsigned digits);

/* NABD_OK, or NABD_BUFFER if something was left out. */
int nabdi_text_end(const struct nabdi_text *text, size_t *len);

#endif
