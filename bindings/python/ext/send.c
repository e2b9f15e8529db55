/* SPDX-License-Identifier: MIT */
/* Sending one message: push copies it, reserve gives a slot to write it into. */
#include "nabdpy.h"

struct message {
	const char *data;
	size_t len;
	Py_buffer view; /* obj is NULL for bytes, which need none */
};

/* Any object with a contiguous buffer. */
static bool message_get(PyObject *o, struct message *m)
{
	m->view.obj = NULL;
	if (likely(PyBytes_CheckExact(o))) {
		m->data = PyBytes_AsString(o);
		m->len = (size_t)PyBytes_Size(o);
		return true;
	}
	if (PyObject_GetBuffer(o, &m->view, PyBUF_SIMPLE) != 0)
		return false;
	m->data = m->view.buf;
	m->len = (size_t)m->view.len;
	return true;
}

static void message_put(struct message *m)
{
	if (m->view.obj)
		PyBuffer_Release(&m->view);
}

static PyObject *push(PyObject *self, PyObject *data)
{
	Handle *h = (Handle *)self;
	struct message m;
	int rc;

	if (!message_get(data, &m))
		return NULL;
	if (unlikely(!side_enter(h, &h->tx))) {
		message_put(&m);
		return NULL;
	}
	rc = nabd_push(h->q, m.data, m.len);
	side_leave(&h->tx);
	message_put(&m);
	if (unlikely(rc != NABD_OK))
		return raise_code(h, rc);
	Py_RETURN_NONE;
}

static int push_step(Handle *h, void *arg, int64_t ns)
{
	const struct message *m = arg;

	return nabd_push_wait(h->q, m->data, m->len, ns);
}

static PyObject *push_wait(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
			   PyObject *kwnames)
{
	Handle *h = (Handle *)self;
	struct message m;
	int64_t timeout;
	int rc;

	if (!read_fast("push_wait", args, nargs, kwnames, 1, &timeout) ||
	    !message_get(args[0], &m))
		return NULL;
	if (!side_enter(h, &h->tx)) {
		message_put(&m);
		return NULL;
	}
	rc = nabd_push(h->q, m.data, m.len);
	if (rc == NABD_FULL && wait_call(h, &h->tx, push_step, &m, timeout, &rc) != 0) {
		message_put(&m);
		return NULL;
	}
	side_leave(&h->tx);
	message_put(&m);
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(h, rc);
}

struct reserving {
	size_t len;
	void *slot;
};

static int reserve_step(Handle *h, void *arg, int64_t ns)
{
	struct reserving *r = arg;

	return nabd_reserve_wait(h->q, r->len, &r->slot, ns);
}

/* What was reserved becomes an object; if that fails, nothing is reserved. */
static PyObject *reserved(Handle *h, const struct reserving *r)
{
	PyObject *slot = slot_new(h, false, r->slot, r->len);

	if (slot)
		h->tx.open = slot;
	else
		(void)nabd_abort(h->q);
	side_leave(&h->tx);
	return slot;
}

static PyObject *reserve(PyObject *self, PyObject *size)
{
	Handle *h = (Handle *)self;
	struct reserving r;
	int rc;

	if (!read_size(size, &r.len) || !side_enter(h, &h->tx))
		return NULL;
	rc = nabd_reserve(h->q, r.len, &r.slot);
	if (likely(rc == NABD_OK))
		return reserved(h, &r);
	side_leave(&h->tx);
	return raise_code(h, rc);
}

static PyObject *reserve_wait(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
			      PyObject *kwnames)
{
	Handle *h = (Handle *)self;
	struct reserving r;
	int64_t timeout;
	int rc;

	if (!read_fast("reserve_wait", args, nargs, kwnames, 1, &timeout) ||
	    !read_size(args[0], &r.len) || !side_enter(h, &h->tx))
		return NULL;
	rc = nabd_reserve(h->q, r.len, &r.slot);
	if (rc == NABD_FULL && wait_call(h, &h->tx, reserve_step, &r, timeout, &rc) != 0)
		return NULL;
	if (rc == NABD_OK)
		return reserved(h, &r);
	side_leave(&h->tx);
	return raise_code(h, rc);
}

#define FAST(f) ((PyCFunction)(void (*)(void))(f))
#define FASTCALL (METH_FASTCALL | METH_KEYWORDS)

PyMethodDef send_methods[] = {
	{"push", push, METH_O,
	 "push($self, data, /)\n--\n\nSend a copy of a bytes-like object, or raise Full."},
	{"push_wait", FAST(push_wait), FASTCALL,
	 "push_wait($self, data, /, timeout=None)\n--\n\npush() that waits for a free slot."},
	{"reserve", reserve, METH_O,
	 "reserve($self, size, /)\n--\n\nA slot to write a message into, or raise Full."},
	{"reserve_wait", FAST(reserve_wait), FASTCALL,
	 "reserve_wait($self, size, /, timeout=None)\n--\n\nreserve() that waits for a slot."},
	{NULL, NULL, 0, NULL},
};
