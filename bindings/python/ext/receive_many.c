/* SPDX-License-Identifier: MIT */
/* Receiving several messages at once. */
#include "both.h"

struct many {
	struct nabd_msg few[FEW], *msgs;
	size_t max, got;
};

static int peek_step(Handle *h, void *arg, int64_t ns)
{
	struct many *m = arg;

	return both_peek_batch_wait(h, m->msgs, m->max, &m->got, ns);
}

/* More than the queue has are never there. */
static bool read_max(Handle *h, PyObject *o, size_t *max)
{
	if (!read_size(o, max))
		return false;
	if (h->slots != 0 && *max > h->slots)
		*max = h->slots;
	return true;
}

static PyObject *copy_all(const struct many *m)
{
	PyObject *list = PyList_New((Py_ssize_t)m->got);

	for (size_t i = 0; list && i < m->got; i++) {
		PyObject *bytes = PyBytes_FromStringAndSize(m->msgs[i].data,
							    (Py_ssize_t)m->msgs[i].len);

		if (bytes == NULL)
			Py_CLEAR(list);
		else
			(void)PyList_SetItem(list, (Py_ssize_t)i, bytes);
	}
	return list;
}

/*
 * What was overwritten while it was copied is dropped, and its number told by the
 * exception, which also has the messages that are whole.
 */
static PyObject *lapped(Handle *h, PyObject *list)
{
	PyObject *type, *value, *trace, *lost = NULL, *rest = NULL;

	raise_code(h, NABD_LAPPED);
	PyErr_Fetch(&type, &value, &trace);
	PyErr_NormalizeException(&type, &value, &trace);
	lost = value ? PyObject_GetAttrString(value, "lost") : NULL;
	if (lost) {
		const Py_ssize_t torn = PyLong_AsSsize_t(lost);

		rest = PyList_GetSlice(list, torn, PyList_Size(list));
	}
	if (rest)
		(void)PyObject_SetAttrString(value, "messages", rest);
	Py_XDECREF(lost);
	Py_XDECREF(rest);
	PyErr_Restore(type, value, trace);
	return NULL;
}

static PyObject *pop(Handle *h, struct many *m, const int64_t *timeout)
{
	PyObject *list;
	int rc;

	if (!rx_enter(h))
		return NULL;
	rc = both_peek_batch(h, m->msgs, m->max, &m->got);
	if (rc == NABD_EMPTY && timeout && wait_call(h, &h->rx, peek_step, m, *timeout, &rc) != 0)
		return NULL;
	if (rc != NABD_OK) {
		rx_leave(h);
		return raise_code(h, rc);
	}
	list = copy_all(m);
	rc = both_release_batch(h, list ? m->got : 0);
	rx_leave(h);
	if (likely(rc == NABD_OK) || list == NULL)
		return list;
	if (rc == NABD_LAPPED)
		(void)lapped(h, list);
	else
		(void)raise_code(h, rc);
	Py_DECREF(list);
	return NULL;
}

/* Without a timeout it does not wait. */
static PyObject *pop_up_to(Handle *h, PyObject *max, const int64_t *timeout)
{
	PyObject *list;
	struct many m;

	m.msgs = m.few;
	m.got = 0;
	if (!read_max(h, max, &m.max))
		return NULL;
	if (m.max > FEW)
		m.msgs = PyMem_Calloc(m.max, sizeof(*m.msgs));
	if (m.msgs == NULL)
		return PyErr_NoMemory();
	list = pop(h, &m, timeout);
	if (m.msgs != m.few)
		PyMem_Free(m.msgs);
	return list;
}

static PyObject *pop_many(PyObject *self, PyObject *max)
{
	return pop_up_to((Handle *)self, max, NULL);
}

static PyObject *pop_many_wait(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
			       PyObject *kwnames)
{
	int64_t timeout;

	if (!read_fast("pop_many_wait", args, nargs, kwnames, 1, &timeout))
		return NULL;
	return pop_up_to((Handle *)self, args[0], &timeout);
}

struct peeking {
	Batch *b;
	size_t max;
};

static int show_step(Handle *h, void *arg, int64_t ns)
{
	struct peeking *p = arg;

	return both_peek_batch_wait(h, p->b->msgs, p->max, &p->b->n, ns);
}

static PyObject *peek_up_to(Handle *h, PyObject *max, const int64_t *timeout)
{
	struct peeking p;
	int rc;

	if (!read_max(h, max, &p.max))
		return NULL;
	p.b = batch_new(h, true, p.max + 1);
	if (p.b == NULL)
		return NULL;
	if (!rx_enter(h)) {
		Py_DECREF(p.b);
		return NULL;
	}
	rc = both_peek_batch(h, p.b->msgs, p.max, &p.b->n);
	if (rc == NABD_EMPTY && timeout &&
	    wait_call(h, &h->rx, show_step, &p, *timeout, &rc) != 0) {
		Py_DECREF(p.b);
		return NULL;
	}
	if (rc == NABD_OK)
		h->rx.open = (PyObject *)p.b;
	rx_leave(h);
	if (rc == NABD_OK)
		return (PyObject *)p.b;
	Py_DECREF(p.b);
	return raise_code(h, rc);
}

static PyObject *peek_many(PyObject *self, PyObject *max)
{
	return peek_up_to((Handle *)self, max, NULL);
}

static PyObject *peek_many_wait(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
				PyObject *kwnames)
{
	int64_t timeout;

	if (!read_fast("peek_many_wait", args, nargs, kwnames, 1, &timeout))
		return NULL;
	return peek_up_to((Handle *)self, args[0], &timeout);
}

struct into {
	Py_buffer view;
	uint32_t *lens;
	size_t max, got;
};

static int into_step(Handle *h, void *arg, int64_t ns)
{
	struct into *into = arg;

	return both_pop_batch_wait(h, into->view.buf, (size_t)into->view.len, into->lens,
		       into->max, &into->got, ns);
}

static PyObject *sizes_of(const struct into *into)
{
	PyObject *list = PyList_New((Py_ssize_t)into->got);

	for (size_t i = 0; list && i < into->got; i++) {
		PyObject *size = PyLong_FromUnsignedLong(into->lens[i]);

		if (size == NULL)
			Py_CLEAR(list);
		else
			(void)PyList_SetItem(list, (Py_ssize_t)i, size);
	}
	return list;
}

static PyObject *pop_packed(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	Handle *h = (Handle *)self;
	int64_t timeout = 0;
	struct into into = {.got = 0};
	PyObject *answer;
	bool inside;
	int rc = NABD_OK;

	if (nargs < 2 || nargs > 3) {
		PyErr_SetString(PyExc_TypeError, "pop_packed() takes a buffer, max and a timeout");
		return NULL;
	}
	if ((nargs == 3 && !read_timeout(args[2], &timeout)) || !read_max(h, args[1], &into.max))
		return NULL;
	into.lens = PyMem_Calloc(into.max + 1, sizeof(*into.lens));
	if (into.lens == NULL)
		return PyErr_NoMemory();
	if (PyObject_GetBuffer(args[0], &into.view, PyBUF_WRITABLE) != 0) {
		PyMem_Free(into.lens);
		return NULL;
	}
	inside = rx_enter(h);
	if (inside)
		rc = both_pop_batch(h, into.view.buf, (size_t)into.view.len, into.lens,
			     into.max, &into.got);
	if (inside && rc == NABD_EMPTY && timeout != 0)
		inside = wait_call(h, &h->rx, into_step, &into, timeout, &rc) == 0;
	if (inside)
		rx_leave(h);
	PyBuffer_Release(&into.view);
	if (inside && rc == NABD_OK)
		answer = sizes_of(&into);
	else if (inside && rc == NABD_BUFFER)
		answer = raise_with(h, rc, "needed", into.lens[0]);
	else
		answer = inside ? raise_code(h, rc) : NULL;
	PyMem_Free(into.lens);
	return answer;
}

#define FAST(f) ((PyCFunction)(void (*)(void))(f))
#define FASTCALL (METH_FASTCALL | METH_KEYWORDS)

PyMethodDef receive_batch_methods[] = {
	{"pop_many", pop_many, METH_O,
	 "pop_many($self, max, /)\n--\n\nUp to max messages, as a list of bytes, or raise Empty."},
	{"pop_many_wait", FAST(pop_many_wait), FASTCALL,
	 "pop_many_wait($self, max, /, timeout=None)\n--\n\npop_many() that waits for one."},
	{"peek_many", peek_many, METH_O,
	 "peek_many($self, max, /)\n--\n\nUp to max messages in place, or raise Empty."},
	{"peek_many_wait", FAST(peek_many_wait), FASTCALL,
	 "peek_many_wait($self, max, /, timeout=None)\n--\n\npeek_many() that waits for one."},
	{"pop_packed", FAST(pop_packed), METH_FASTCALL,
	 "pop_packed($self, buffer, max, timeout=0, /)\n--\n\n"
	 "Copy up to max messages, one behind the other, into a buffer; their sizes."},
	{NULL, NULL, 0, NULL},
};
