/* SPDX-License-Identifier: MIT */
/* What nabd/inline.h compiles into a program, as functions, so that callgrind knows them. */
#ifndef BENCH_CALLS_INLINE_H
#define BENCH_CALLS_INLINE_H

#include <nabd/nabd.h>

int inlined_push(nabd_t *q, const void *data, size_t len);
int inlined_reserve(nabd_t *q, size_t len, void **slot);
int inlined_commit(nabd_t *q, size_t len);
int inlined_pop(nabd_t *q, void *buf, size_t *len);
int inlined_peek(nabd_t *q, const void **data, size_t *len);
int inlined_release(nabd_t *q);

#endif
