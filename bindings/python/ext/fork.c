/* SPDX-License-Identifier: MIT */
/*
 * After os.fork(), in the child: its handles are dead (the library sees to that), and
 * nobody is inside of them. What the child inherited of open memoryviews shows the
 * parent's slots, which the parent goes on with: the pages are replaced by a private copy,
 * so that a child can't write into its parent's messages.
 */
#define _GNU_SOURCE
#include "nabdpy.h"

#include <sys/mman.h>
#include <unistd.h>

static void make_private(const void *data, size_t len)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t first = (uintptr_t)data & ~(page - 1);
	const uintptr_t end = ((uintptr_t)data + len + page - 1) & ~(page - 1);
	void *copy;

	if (len == 0)
		return;
	copy = mmap(NULL, end - first, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (copy == MAP_FAILED)
		return;
	memcpy(copy, (const void *)first, end - first);
	if (mremap(copy, end - first, end - first, MREMAP_MAYMOVE | MREMAP_FIXED,
		   (void *)first) == MAP_FAILED)
		(void)munmap(copy, end - first);
}

static void in_child(struct side *s, bool received)
{
	s->busy = 0;
	if (s->exports == 0)
		s->open = NULL; /* nor may the child get at it from now on */
	if (s->open == NULL)
		return;
	if (is_batch(s->open)) {
		const Batch *b = (Batch *)s->open;

		for (size_t i = 0; i < b->n; i++)
			make_private(received ? b->msgs[i].data : b->slots[i],
				     received ? b->msgs[i].len : b->len);
	} else {
		const Slot *slot = (Slot *)s->open;

		make_private(slot->data, slot->len);
	}
}

PyObject *after_fork(PyObject *module, PyObject *none)
{
	(void)module;
	(void)none;
	for (Handle *h = all_handles; h; h = h->next) {
		h->closing = false;
		in_child(&h->tx, false);
		in_child(&h->rx, true);
	}
	Py_RETURN_NONE;
}
