/* SPDX-License-Identifier: MIT */
/*
 * Files as text: "size N", then a line for each 32 bytes that are not all zero, the offset
 * and the bytes in hex. What begins with # is a comment.
 */
#ifndef NABD_TESTS_IMAGE_H
#define NABD_TESTS_IMAGE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE_LINE 32u

/* Returns the bytes, allocated, and how many in size; NULL if the text is not an image. */
static inline unsigned char *image_read(const char *path, size_t *size)
{
	FILE *in = fopen(path, "r");
	unsigned char *bytes = NULL;
	unsigned long long offset;
	char line[256], hex[2 * IMAGE_LINE + 1];

	while (in && fgets(line, sizeof(line), in)) {
		if (line[0] == '#')
			continue;
		if (!bytes && sscanf(line, "size %zu", size) == 1 && *size < 1u << 24) {
			bytes = calloc(1, *size);
			continue;
		}
		if (!bytes || sscanf(line, "%llx %64[0-9a-f]", &offset, hex) != 2 ||
		    strlen(hex) % 2 || offset + strlen(hex) / 2 > *size) {
			free(bytes);
			bytes = NULL;
			break;
		}
		for (size_t i = 0; hex[2 * i]; i++) {
			unsigned byte;

			sscanf(hex + 2 * i, "%2x", &byte);
			bytes[offset + i] = (unsigned char)byte;
		}
	}
	if (in)
		fclose(in);
	return bytes;
}

static inline int image_write(const char *path, const char *comment, const unsigned char *bytes,
			      size_t size)
{
	static const unsigned char zero[IMAGE_LINE];
	FILE *out = fopen(path, "w");

	if (!out)
		return -1;
	fprintf(out, "# SPDX-License-Identifier: MIT\n# %s\nsize %zu\n", comment, size);
	for (size_t at = 0; at < size; at += IMAGE_LINE) {
		size_t n = size - at < IMAGE_LINE ? size - at : IMAGE_LINE;

		if (!memcmp(bytes + at, zero, n))
			continue;
		fprintf(out, "%zx ", at);
		for (size_t i = 0; i < n; i++)
			fprintf(out, "%02x", bytes[at + i]);
		fputc('\n', out);
	}
	return fclose(out);
}

#endif
