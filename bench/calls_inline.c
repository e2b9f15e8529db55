/* SPDX-License-Identifier: MIT */
/* In a file of its own, so that the compiler does not inline them once more. */
#include <nabd/inline.h>

#include "calls_inline.h"

int inlined_push(nabd_t *q, const void *data, size_t len)
{
	return nabd_push(q, data, len);
}

int inlined_reserve(nabd_t *q, size_t len, void **slot)
{
	return nabd_reserve(q, len, slot);
}

int inlined_commit(nabd_t *q, size_t len)
{
	return nabd_commit(q, len);
}

int inlined_pop(nabd_t *q, void *buf, size_t *len)
{
	return nabd_pop(q, buf, len);
}

int inlined_peek(nabd_t *q, const void **data, size_t *len)
{
	return nabd_peek(q, data, len);
}

int inlined_release(nabd_t *q)
{
	return nabd_release(q);
}
