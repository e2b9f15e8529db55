/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share: libFuzzer's entry, and a demand that can't be compiled out. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define demand(truth)                                                                              \
	do {                                                                                       \
		if (!(truth)) {                                                                    \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #truth);      \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
