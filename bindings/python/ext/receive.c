/* SPDX-License-Identifier: MIT */
/* Receiving one message: pop copies it, peek shows it in place. */
#include "both.h"

struct peeked {
	const void *data;
	size_t len;
};

static int peek_step(Handle *h, void *arg, int64_t ns)
{
	struct peeked *p = arg;

	return both_peek_wait(h, &p->data, &p->len, ns);
}

static int peek_msg_step(Handle *h, void *arg, int64_t ns)
{
	return both_peek_msg_wait(h, (struct nabd_msg *)arg, ns);
}

/*
 * A copy of what was peeked at, which is released; the side is left. Where it was
 * overwritten meanwhile the copy is torn, and thrown away.
 */
static PyObject *take(Handle *h, const struct peeked *p)
{
	PyObject *bytes = PyBytes_FromStringAndSize(p->data, (Py_ssize_t)p->len);
	int rc;

	if (unlikely(bytes == NULL)) {
		(void)both_release_batch(h, 0); /* it comes again */
		rx_leave(h);
		return NULL;
	}
	rc = both_release(h);
	rx_leave(h);
	if (likely(rc == NABD_OK))
		return bytes;
	Py_DECREF(bytes);
	return raise_code(h, rc);
}

static PyObject *pop(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	struct peeked p;
	int rc;

	(void)none;
	if (unlikely(!rx_enter(h)))
		return NULL;
	rc = both_peek(h, &p.data, &p.len);
	if (likely(rc == NABD_OK))
		return take(h, &p);
	rx_leave(h);
	return raise_code(h, rc);
}

static PyObject *pop_wait(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
			  PyObject *kwnames)
{
	Handle *h = (Handle *)self;
	struct peeked p;
	int64_t timeout;
	int rc;

	if (!read_fast("pop_wait", args, nargs, kwnames, 0, &timeout) || !rx_enter(h))
		return NULL;
	rc = both_peek(h, &p.data, &p.len);
	if (rc == NABD_EMPTY && wait_call(h, &h->rx, peek_step, &p, timeout, &rc) != 0)
		return NULL;
	if (likely(rc == NABD_OK))
		return take(h, &p);
	rx_leave(h);
	return raise_code(h, rc);
}

struct into {
	Py_buffer view;
	size_t len;
};

static int into_step(Handle *h, void *arg, int64_t ns)
{
	struct into *into = arg;

	into->len = (size_t)into->view.len;
	return both_pop_wait(h, into->view.buf, &into->len, ns);
}

static PyObject *pop_into(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
			  PyObject *kwnames)
{
	Handle *h = (Handle *)self;
	struct into into;
	int64_t timeout;
	bool now, ok = true;
	int rc;

	now = nargs == 1 && (kwnames == NULL || PyTuple_Size(kwnames) == 0);
	if (!read_fast("pop_into", args, nargs, kwnames, 1, &timeout) ||
	    PyObject_GetBuffer(args[0], &into.view, PyBUF_WRITABLE) != 0)
		return NULL;
	if (!rx_enter(h)) {
		PyBuffer_Release(&into.view);
		return NULL;
	}
	into.len = (size_t)into.view.len;
	rc = both_pop(h, into.view.buf, &into.len);
	if (rc == NABD_EMPTY && !now)
		ok = wait_call(h, &h->rx, into_step, &into, timeout, &rc) == 0;
	if (ok)
		rx_leave(h);
	PyBuffer_Release(&into.view);
	if (!ok)
		return NULL;
	if (rc == NABD_BUFFER)
		return raise_with(h, rc, "needed", into.len);
	return rc == NABD_OK ? PyLong_FromSize_t(into.len) : raise_code(h, rc);
}

/* If no object can be made, the message comes again. */
static PyObject *shown(Handle *h, const struct nabd_msg *msg)
{
	Slot *s = (Slot *)slot_new(h, true, (void *)msg->data, msg->len);

	h->rx.open = (PyObject *)s;
	if (s == NULL)
		(void)both_release_batch(h, 0);
	rx_leave(h);
	if (s == NULL)
		return NULL;
	s->sequence = msg->sequence;
	s->flags = msg->flags;
	s->deliveries = msg->deliveries;
	return (PyObject *)s;
}

static PyObject *peek(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	PyObject *again = message_again(h);
	struct nabd_msg msg;
	int rc;

	(void)none;
	if (again)
		return again;
	if (!rx_enter(h))
		return NULL;
	rc = both_peek_msg(h, &msg);
	if (likely(rc == NABD_OK))
		return shown(h, &msg);
	rx_leave(h);
	return raise_code(h, rc);
}

static PyObject *peek_wait(PyObject *self, PyObject *const *args, Py_ssize_t nargs,
			   PyObject *kwnames)
{
	Handle *h = (Handle *)self;
	struct nabd_msg msg;
	PyObject *again;
	int64_t timeout;
	int rc;

	if (!read_fast("peek_wait", args, nargs, kwnames, 0, &timeout))
		return NULL;
	again = message_again(h);
	if (again)
		return again;
	if (!rx_enter(h))
		return NULL;
	rc = both_peek_msg(h, &msg);
	if (rc == NABD_EMPTY && wait_call(h, &h->rx, peek_msg_step, &msg, timeout, &rc) != 0)
		return NULL;
	if (likely(rc == NABD_OK))
		return shown(h, &msg);
	rx_leave(h);
	return raise_code(h, rc);
}

#define FAST(f) ((PyCFunction)(void (*)(void))(f))
#define FASTCALL (METH_FASTCALL | METH_KEYWORDS)

PyMethodDef receive_methods[] = {
	{"pop", pop, METH_NOARGS,
	 "pop($self, /)\n--\n\nThe next message as bytes, or raise Empty."},
	{"pop_wait", FAST(pop_wait), FASTCALL,
	 "pop_wait($self, /, timeout=None)\n--\n\npop() that waits for a message."},
	{"pop_into", FAST(pop_into), FASTCALL,
	 "pop_into($self, buffer, /, timeout=0)\n--\n\n"
	 "Copy the next message into a writable buffer; its length."},
	{"peek", peek, METH_NOARGS,
	 "peek($self, /)\n--\n\nThe next message in place, or raise Empty."},
	{"peek_wait", FAST(peek_wait), FASTCALL,
	 "peek_wait($self, /, timeout=None)\n--\n\npeek() that waits for a message."},
	{NULL, NULL, 0, NULL},
};
