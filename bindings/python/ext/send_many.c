/* SPDX-License-Identifier: MIT */
/* Sending several messages at once. */
#include "nabdpy.h"

/* The messages of one call, held until it ends. */
struct load {
	PyObject *list;   /* a tuple */
	size_t n, sent, longest;
	struct piece {
		const char *data;
		size_t len;
	} few[FEW], *pieces;
	Py_buffer *views; /* of those that are no bytes; NULL: all are */
	void *slots[FEW]; /* what was reserved last */
	size_t got;
};

static void unload(struct load *l)
{
	for (size_t i = 0; l->views && i < l->n; i++)
		if (l->views[i].obj)
			PyBuffer_Release(&l->views[i]);
	PyMem_Free(l->views);
	if (l->pieces != l->few)
		PyMem_Free(l->pieces);
	Py_XDECREF(l->list);
}

static bool load_view(struct load *l, size_t i, PyObject *o)
{
	if (l->views == NULL)
		l->views = PyMem_Calloc(l->n, sizeof(*l->views));
	if (l->views == NULL) {
		PyErr_NoMemory();
		return false;
	}
	if (PyObject_GetBuffer(o, &l->views[i], PyBUF_SIMPLE) != 0) {
		l->views[i].obj = NULL;
		return false;
	}
	l->pieces[i].data = l->views[i].buf;
	l->pieces[i].len = (size_t)l->views[i].len;
	return true;
}

static bool load(struct load *l, PyObject *messages)
{
	l->views = NULL;
	l->pieces = l->few;
	l->sent = l->longest = l->n = l->got = 0;
	l->list = PySequence_Tuple(messages);
	if (l->list == NULL)
		return false;
	l->n = (size_t)PyTuple_Size(l->list);
	if (l->n > FEW)
		l->pieces = PyMem_Calloc(l->n, sizeof(*l->pieces));
	if (l->pieces == NULL) {
		PyErr_NoMemory();
		return false;
	}
	for (size_t i = 0; i < l->n; i++) {
		PyObject *o = PyTuple_GetItem(l->list, (Py_ssize_t)i);

		if (likely(PyBytes_CheckExact(o))) {
			l->pieces[i].data = PyBytes_AsString(o);
			l->pieces[i].len = (size_t)PyBytes_Size(o);
		} else if (!load_view(l, i, o)) {
			return false;
		}
		if (l->pieces[i].len > l->longest)
			l->longest = l->pieces[i].len;
	}
	return true;
}

static size_t next_some(const struct load *l)
{
	return l->n - l->sent < FEW ? l->n - l->sent : FEW;
}

static int reserve_step(Handle *h, void *arg, int64_t ns)
{
	struct load *l = arg;

	return nabd_reserve_batch_wait(h->q, l->longest, l->slots, next_some(l), &l->got, ns);
}

/* Fills the reserved slots, and sends them. */
static int send_some(Handle *h, struct load *l)
{
	uint32_t lens[FEW];
	int rc;

	for (size_t i = 0; i < l->got; i++) {
		const struct piece *p = &l->pieces[l->sent + i];

		lens[i] = (uint32_t)p->len;
		if (p->len != 0)
			memcpy(l->slots[i], p->data, p->len);
	}
	rc = nabd_commit_batch(h->q, lens, l->got);
	if (rc == NABD_OK)
		l->sent += l->got;
	return rc;
}

/* Until fewer slots are free than wanted, which is NABD_FULL here. Not until the library says
 * so: it would count, and call on_full, for a queue that took what it could. */
static int send_now(Handle *h, struct load *l)
{
	int rc = NABD_OK;

	while (rc == NABD_OK && l->sent < l->n) {
		const size_t wanted = next_some(l);

		rc = nabd_reserve_batch(h->q, l->longest, l->slots, wanted, &l->got);
		if (rc == NABD_OK)
			rc = send_some(h, l);
		if (rc == NABD_OK && l->got < wanted)
			rc = NABD_FULL;
	}
	return rc;
}

static PyObject *push_many(PyObject *self, PyObject *messages)
{
	Handle *h = (Handle *)self;
	PyObject *answer = NULL;
	struct load l;
	int rc;

	if (!load(&l, messages) || !side_enter(h, &h->tx)) {
		unload(&l);
		return NULL;
	}
	rc = send_now(h, &l);
	side_leave(&h->tx);
	if (rc == NABD_OK || (rc == NABD_FULL && l.sent != 0))
		answer = PyLong_FromSize_t(l.sent);
	unload(&l);
	return answer ? answer : raise_code(h, rc);
}

/* After an error the exception tells how many were sent. */
static PyObject *push_many_wait(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
				PyObject *kwnames)
{
	Handle *h = (Handle *)self;
	bool inside = true;
	int64_t timeout;
	struct load l;
	size_t sent;
	int rc;

	if (!read_fast("push_many_wait", args, nargs, kwnames, 1, &timeout))
		return NULL;
	if (!load(&l, args[0]) || !side_enter(h, &h->tx)) {
		unload(&l);
		return NULL;
	}
	while (inside && (rc = send_now(h, &l)) == NABD_FULL) {
		const int64_t began = timeout > 0 ? monotonic_ns() : 0;

		inside = wait_call(h, &h->tx, reserve_step, &l, timeout, &rc) == 0;
		if (inside && rc == NABD_OK)
			rc = send_some(h, &l);
		if (!inside || rc != NABD_OK)
			break;
		if (timeout > 0)
			timeout = left_of(timeout, began);
	}
	if (inside)
		side_leave(&h->tx);
	sent = l.sent;
	unload(&l);
	if (!inside) {
		tell_raised("sent", sent);
		return NULL;
	}
	return rc == NABD_OK ? PyLong_FromSize_t(sent) : raise_with(h, rc, "sent", sent);
}

/* One buffer, in which the messages lie one behind the other. */
struct packed {
	Py_buffer view;
	uint32_t *lens;
	size_t n, sent, at;
};

static bool pack(struct packed *p, PyObject *data, PyObject *sizes)
{
	PyObject *list = PySequence_Tuple(sizes);
	unsigned long long sum = 0;
	bool ok;

	if (list == NULL)
		return false;
	p->n = (size_t)PyTuple_Size(list);
	p->sent = p->at = 0;
	p->lens = PyMem_Calloc(p->n + 1, sizeof(*p->lens));
	ok = p->lens != NULL;
	if (!ok)
		PyErr_NoMemory();
	for (size_t i = 0; ok && i < p->n; i++) {
		ok = read_u32(PyTuple_GetItem(list, (Py_ssize_t)i), &p->lens[i]);
		sum += p->lens[i];
	}
	Py_DECREF(list);
	ok = ok && PyObject_GetBuffer(data, &p->view, PyBUF_SIMPLE) == 0;
	if (ok && sum != (unsigned long long)p->view.len) {
		PyBuffer_Release(&p->view);
		PyErr_SetString(PyExc_ValueError, "the sizes do not add up to the buffer's");
		ok = false;
	}
	if (!ok)
		PyMem_Free(p->lens);
	return ok;
}

static int packed_step(Handle *h, void *arg, int64_t ns)
{
	struct packed *p = arg;
	size_t sent = 0;
	int rc = nabd_push_batch_wait(h->q, (const char *)p->view.buf + p->at, p->lens + p->sent,
				      p->n - p->sent, &sent, ns);

	for (size_t i = 0; i < sent; i++)
		p->at += p->lens[p->sent + i];
	p->sent += sent;
	return rc;
}

static PyObject *push_packed(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	Handle *h = (Handle *)self;
	int64_t timeout = 0;
	struct packed p;
	bool began, inside;
	int rc;

	if (nargs < 2 || nargs > 3) {
		PyErr_SetString(PyExc_TypeError, "push_packed() takes data, sizes and a timeout");
		return NULL;
	}
	if ((nargs == 3 && !read_timeout(args[2], &timeout)) || !pack(&p, args[0], args[1]))
		return NULL;
	began = inside = side_enter(h, &h->tx);
	rc = NABD_OK;
	if (inside && p.n != 0 && timeout == 0)
		rc = nabd_push_batch(h->q, p.view.buf, p.lens, p.n, &p.sent);
	else if (inside && p.n != 0)
		inside = wait_call(h, &h->tx, packed_step, &p, timeout, &rc) == 0;
	if (inside)
		side_leave(&h->tx);
	PyBuffer_Release(&p.view);
	PyMem_Free(p.lens);
	if (began && !inside)
		tell_raised("sent", p.sent);
	if (!inside)
		return NULL;
	return rc == NABD_OK ? PyLong_FromSize_t(p.sent) : raise_with(h, rc, "sent", p.sent);
}

#define FAST(f) ((PyCFunction)(void (*)(void))(f))

PyMethodDef send_batch_methods[] = {
	{"push_many", push_many, METH_O,
	 "push_many($self, messages, /)\n--\n\n"
	 "Send copies of several bytes-like objects; how many found room."},
	{"push_many_wait", FAST(push_many_wait), METH_FASTCALL | METH_KEYWORDS,
	 "push_many_wait($self, messages, /, timeout=None)\n--\n\n"
	 "push_many() that waits until all are sent."},
	{"push_packed", FAST(push_packed), METH_FASTCALL,
	 "push_packed($self, data, sizes, timeout=0, /)\n--\n\n"
	 "Send messages that lie one behind the other in one buffer."},
	{NULL, NULL, 0, NULL},
};
