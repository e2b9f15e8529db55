/* SPDX-License-Identifier: MIT */
/* Several slots to write into, at once. */
#include "nabdpy.h"

struct reserving {
	Batch *b;
	size_t n;
};

static int reserve_step(Handle *h, void *arg, int64_t ns)
{
	struct reserving *r = arg;

	return nabd_reserve_batch_wait(h->q, r->b->len, r->b->slots, r->n, &r->b->n, ns);
}

/* Without a timeout it does not wait. */
static PyObject *reserve(Handle *h, PyObject *size, PyObject *count,
			 const int64_t *timeout)
{
	struct reserving r;
	size_t len;
	int rc;

	if (!read_size(size, &len) || !read_size(count, &r.n))
		return NULL;
	/* More than the queue has are never free. */
	if (r.n > h->slots && h->slots != 0)
		r.n = h->slots;
	r.b = batch_new(h, false, r.n + 1);
	if (r.b == NULL)
		return NULL;
	r.b->len = len;
	if (!side_enter(h, &h->tx)) {
		Py_DECREF(r.b);
		return NULL;
	}
	rc = nabd_reserve_batch(h->q, len, r.b->slots, r.n, &r.b->n);
	if (rc == NABD_FULL && timeout &&
	    wait_call(h, &h->tx, reserve_step, &r, *timeout, &rc) != 0) {
		Py_DECREF(r.b);
		return NULL;
	}
	if (rc == NABD_OK)
		h->tx.open = (PyObject *)r.b;
	side_leave(&h->tx);
	if (rc == NABD_OK)
		return (PyObject *)r.b;
	Py_DECREF(r.b);
	return raise_code(h, rc);
}

static PyObject *reserve_many(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	if (nargs != 2) {
		PyErr_SetString(PyExc_TypeError, "reserve_many() takes a size and a count");
		return NULL;
	}
	return reserve((Handle *)self, args[0], args[1], NULL);
}

static PyObject *reserve_many_wait(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
				   PyObject *kwnames)
{
	int64_t timeout;

	if (!read_fast("reserve_many_wait", args, nargs, kwnames, 2, &timeout))
		return NULL;
	return reserve((Handle *)self, args[0], args[1], &timeout);
}

#define FAST(f) ((PyCFunction)(void (*)(void))(f))

PyMethodDef reserve_many_methods[] = {
	{"reserve_many", FAST(reserve_many), METH_FASTCALL,
	 "reserve_many($self, size, count, /)\n--\n\n"
	 "Up to count slots of size bytes to write messages into, or raise Full."},
	{"reserve_many_wait", FAST(reserve_many_wait), METH_FASTCALL | METH_KEYWORDS,
	 "reserve_many_wait($self, size, count, /, timeout=None)\n--\n\n"
	 "reserve_many() that waits for a slot."},
	{NULL, NULL, 0, NULL},
};
