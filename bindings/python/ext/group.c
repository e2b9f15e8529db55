/* SPDX-License-Identifier: MIT */
/* Members of consumer groups: joining, giving back, going elsewhere. */
#include "nabdpy.h"

/* Reads the options; what they refer to is borrowed from args. */
static bool read_join(PyObject *args, PyObject *kw, PyObject **queue, unsigned *group,
		      struct nabd_join_opts *opts, PyObject **letter, PyObject **letters)
{
	static char *names[] = {"queue", "group", "flags", "max_deliveries", "max_stall_ms",
				"max_lag", "sequence", "dead_letter", "dead_letters", NULL};
	*letter = *letters = Py_None;
	if (!PyArg_ParseTupleAndKeywords(args, kw, "O!O&|O&O&O&O&O&OO", names, queue_type, queue,
					 arg_u32, group, arg_u32, &opts->flags, arg_u32,
					 &opts->max_deliveries, arg_u32, &opts->max_stall_ms,
					 arg_u64, &opts->max_lag, arg_u64, &opts->sequence,
					 letter, letters))
		return false;
	if (*letter != Py_None && !PyCallable_Check(*letter)) {
		PyErr_SetString(PyExc_TypeError, "dead_letter must be callable");
		return false;
	}
	if (*letters == Py_None)
		return true;
	if (!PyObject_TypeCheck(*letters, queue_type)) {
		PyErr_SetString(PyExc_TypeError, "dead_letters must be a queue");
		return false;
	}
	if (!((Handle *)*letters)->closing)
		opts->dead_letters = ((Handle *)*letters)->q;
	if (opts->dead_letters == NULL)
		raise_closed();
	return opts->dead_letters != NULL;
}

/* Another thread may close the queue meanwhile, which its count of members forbids. */
static int join(nabd_t *q, unsigned group, const struct nabd_join_opts *opts, nabd_consumer_t **c)
{
	int rc, saved;

	Py_BEGIN_ALLOW_THREADS
	rc = nabd_consumer_join_opts(q, group, opts, c);
	saved = errno;
	Py_END_ALLOW_THREADS
	errno = saved;
	return rc;
}

/* h becomes a member of a group of the queue, which may be h itself. */
static bool become_member(Handle *h, PyObject *args, PyObject *kw)
{
	struct nabd_join_opts opts = NABD_JOIN_OPTS_INIT;
	PyObject *queue, *letter, *letters;
	nabd_consumer_t *c = NULL;
	unsigned group;
	Handle *parent;
	int rc;

	if (!read_join(args, kw, &queue, &group, &opts, &letter, &letters))
		return false;
	parent = (Handle *)queue;
	if (h->c || (h->q && parent != h) || h->rx.open || parent->q == NULL || h->rx.busy ||
	    parent->closing) {
		if (parent->q == NULL || parent->closing)
			raise_closed();
		else
			raise_state("it is a member already, or in use");
		return false;
	}
	if (letter != Py_None) {
		h->dead_letter = Py_NewRef(letter);
		opts.dead_letter = dead_letter_call;
		opts.dead_letter_arg = h;
	}
	h->rx.busy = PyThread_get_thread_ident();
	parent->members++;
	if (letters != Py_None)
		((Handle *)letters)->members++;
	rc = join(parent->q, group, &opts, &c);
	side_leave(&h->rx);
	h->c = c;
	h->slots = parent->slots;
	h->overwrite = parent->overwrite;
	if (rc == NABD_OK && letters != Py_None)
		h->letters = Py_NewRef(letters);
	else if (letters != Py_None)
		((Handle *)letters)->members--;
	if (rc == NABD_OK && parent != h)
		h->parent = Py_NewRef(queue);
	else
		parent->members--;
	if (rc == NABD_OK)
		return true;
	Py_CLEAR(h->dead_letter);
	(void)raise_code(NULL, rc);
	return false;
}

int member_init(PyObject *self, PyObject *args, PyObject *kw)
{
	return become_member((Handle *)self, args, kw) ? 0 : -1;
}

static PyObject *join_self(PyObject *self, PyObject *args, PyObject *kw)
{
	Handle *h = (Handle *)self;
	PyObject *all = PyTuple_New(PyTuple_Size(args) + 1);
	bool ok;

	if (all == NULL)
		return NULL;
	(void)PyTuple_SetItem(all, 0, Py_NewRef(self));
	for (Py_ssize_t i = 0; i < PyTuple_Size(args); i++)
		(void)PyTuple_SetItem(all, i + 1, Py_NewRef(PyTuple_GetItem(args, i)));
	ok = become_member(h, all, kw);
	Py_DECREF(all);
	if (!ok)
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *drop(PyObject *self, PyObject *group)
{
	Handle *h = (Handle *)self;
	uint32_t id;
	int rc;

	if (!read_u32(group, &id))
		return NULL;
	rc = nabd_group_drop(h->q, id);
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(h, rc);
}

/*
 * What is open: with somebody's buffer of it, it can't go. Or what was kept, as after an
 * exception: it is peeked at once more.
 */
static PyObject *nack(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	const bool again = h->rx.kept && h->rx.open == NULL;
	struct nabd_msg msg;
	size_t got;
	int rc;

	(void)none;
	if (message_hide(h) != 0)
		return NULL;
	if (h->rx.exports != 0) {
		PyErr_SetString(PyExc_BufferError, "a memoryview or array still refers to it");
		return NULL;
	}
	if (h->c == NULL && h->q)
		return raise_code(h, NABD_ROLE);
	if (!(again ? rx_enter(h) : side_enter(h, &h->rx)))
		return NULL;
	rc = again ? nabd_consumer_peek_batch(h->c, &msg, 1, &got) : NABD_OK;
	if (rc == NABD_OK)
		rc = nabd_consumer_nack(h->c);
	if (again)
		rx_leave(h);
	else
		side_leave(&h->rx);
	if (rc == NABD_SYSTEM || rc == NABD_FORKED)
		return raise_code(h, rc);
	h->rx.open = NULL;
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(h, rc);
}

static PyObject *seek(PyObject *self, PyObject *sequence)
{
	Handle *h = (Handle *)self;
	PyObject *number = PyNumber_Index(sequence);
	uint64_t wanted, actual = 0;
	int rc;

	if (number == NULL)
		return NULL;
	wanted = PyLong_AsUnsignedLongLong(number);
	Py_DECREF(number);
	if (wanted == UINT64_MAX && PyErr_Occurred())
		return NULL;
	if (h->c == NULL && h->q)
		return raise_code(h, NABD_ROLE);
	if (!rx_enter(h))
		return NULL;
	rc = nabd_consumer_seek(h->c, wanted, &actual);
	rx_leave(h);
	return rc == NABD_OK ? PyLong_FromUnsignedLongLong(actual) : raise_code(h, rc);
}

PyMethodDef group_methods[] = {
	{"_join", (PyCFunction)(void (*)(void))join_self, METH_VARARGS | METH_KEYWORDS,
	 "Receive as a member of a group from now on."},
	{"drop_group", drop, METH_O, "drop_group($self, group, /)\n--\n\nRemove a group."},
	{NULL, NULL, 0, NULL},
};

PyMethodDef member_methods[] = {
	{"nack", nack, METH_NOARGS, "nack($self, /)\n--\n\nGive what was peeked at back undone."},
	{"seek", seek, METH_O,
	 "seek($self, sequence, /)\n--\n\nLet the group go on elsewhere; where it does."},
	{NULL, NULL, 0, NULL},
};
