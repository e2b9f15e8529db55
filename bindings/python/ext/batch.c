/* SPDX-License-Identifier: MIT */
/*
 * Several slots at once: a sequence of Reservations or Messages, given back as a whole. In
 * the order of the queue; the first n of them can be sent or released, and the others come
 * again, or are free again.
 */
#include "both.h"

static PyTypeObject *reservations_type, *messages_type;

bool is_batch(PyObject *o)
{
	return Py_TYPE(o) == reservations_type || Py_TYPE(o) == messages_type;
}

Batch *batch_new(Handle *h, bool received, size_t room)
{
	Batch *b = PyObject_GC_New(Batch, received ? messages_type : reservations_type);

	if (b == NULL)
		return NULL;
	b->h = (Handle *)Py_NewRef((PyObject *)h);
	b->n = b->len = 0;
	b->received = received;
	b->slots = received ? NULL : PyMem_Calloc(room, sizeof(*b->slots));
	b->msgs = received ? PyMem_Calloc(room, sizeof(*b->msgs)) : NULL;
	PyObject_GC_Track(b);
	if (b->slots == NULL && b->msgs == NULL) {
		Py_DECREF(b);
		PyErr_NoMemory();
		return NULL;
	}
	return b;
}

static bool is_live(Batch *b)
{
	const struct side *side = slot_side(b->h, b->received);

	return side->open == (PyObject *)b && !side->doomed;
}

static bool finish_begins(Batch *b)
{
	struct side *side = slot_side(b->h, b->received);

	if (!is_live(b)) {
		raise_state("the batch was given back already");
		return false;
	}
	if (side->exports != 0) {
		PyErr_SetString(PyExc_BufferError,
				"a memoryview or array still refers to a slot of the batch");
		return false;
	}
	return side_enter(b->h, side);
}

static PyObject *finished(Batch *b, int rc)
{
	struct side *side = slot_side(b->h, b->received);

	side_leave(side);
	if (rc == NABD_TOOBIG || rc == NABD_INVALID) /* it stays open */
		return raise_code(b->h, rc);
	side->open = NULL;
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(b->h, rc);
}

/* Lengths for commit: a sequence of numbers, one a message. */
static uint32_t *read_lengths(PyObject *o, Py_ssize_t *n)
{
	PyObject *list = PySequence_Tuple(o);
	uint32_t *lens;

	*n = list ? PyTuple_Size(list) : 0;
	lens = list ? PyMem_Calloc((size_t)*n + 1, sizeof(*lens)) : NULL;
	if (list && lens == NULL)
		PyErr_NoMemory();
	for (Py_ssize_t i = 0; lens && i < *n; i++) {
		if (!read_u32(PyTuple_GetItem(list, i), &lens[i])) {
			PyMem_Free(lens);
			lens = NULL;
		}
	}
	Py_XDECREF(list);
	return lens;
}

static PyObject *commit_all(Batch *b)
{
	uint32_t few[FEW], *lens = few;
	PyObject *done;

	if (b->n > FEW)
		lens = PyMem_Calloc(b->n, sizeof(*lens));
	if (lens == NULL)
		return PyErr_NoMemory();
	for (size_t i = 0; i < b->n; i++)
		lens[i] = (uint32_t)b->len;
	done = finish_begins(b) ? finished(b, nabd_commit_batch(b->h->q, lens, b->n)) : NULL;
	if (lens != few)
		PyMem_Free(lens);
	return done;
}

static PyObject *batch_commit(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	Batch *b = (Batch *)self;
	PyObject *done = NULL;
	uint32_t *lens;
	Py_ssize_t n;

	if (nargs > 1) {
		PyErr_SetString(PyExc_TypeError, "commit() takes at most one argument");
		return NULL;
	}
	if (nargs == 0 || args[0] == Py_None)
		return commit_all(b);
	lens = read_lengths(args[0], &n);
	if (lens && finish_begins(b))
		done = finished(b, nabd_commit_batch(b->h->q, lens, (size_t)n));
	PyMem_Free(lens);
	return done;
}

static PyObject *batch_release(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	Batch *b = (Batch *)self;
	size_t n = b->n;

	if (nargs > 1) {
		PyErr_SetString(PyExc_TypeError, "release() takes at most one argument");
		return NULL;
	}
	if ((nargs == 1 && args[0] != Py_None && !read_size(args[0], &n)) || !finish_begins(b))
		return NULL;
	return finished(b, both_release_batch(b->h, n));
}

static PyObject *batch_abort(PyObject *self, PyObject *none)
{
	Batch *b = (Batch *)self;
	int rc;

	(void)none;
	if (!is_live(b))
		return raise_state("the batch was given back already");
	rc = side_settle(b->h, slot_side(b->h, b->received));
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(b->h, rc);
}

static PyObject *batch_enter(PyObject *self, PyObject *none)
{
	(void)none;
	return Py_NewRef(self);
}

static PyObject *batch_exit(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	Batch *b = (Batch *)self;
	PyObject *done;

	if (!is_live(b))
		Py_RETURN_NONE;
	if (nargs == 0 || args[0] == Py_None)
		return b->received ? batch_release(self, NULL, 0) : commit_all(b);
	done = batch_abort(self, NULL);
	if (done == NULL)
		PyErr_Clear();
	Py_XDECREF(done);
	Py_RETURN_NONE;
}

static PyObject *batch_live(PyObject *self, void *closure)
{
	(void)closure;
	return PyBool_FromLong(is_live((Batch *)self));
}

static Py_ssize_t batch_length(PyObject *self)
{
	return (Py_ssize_t)((Batch *)self)->n;
}

static PyObject *batch_item(PyObject *self, Py_ssize_t i)
{
	Batch *b = (Batch *)self;

	if (i < 0 || (size_t)i >= b->n) {
		PyErr_SetString(PyExc_IndexError, "index out of range");
		return NULL;
	}
	return slot_of_batch(b, i);
}

static int batch_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(((Batch *)self)->h);
	return 0;
}

static void batch_dealloc(PyObject *self)
{
	Batch *b = (Batch *)self;
	struct side *side = slot_side(b->h, b->received);
	PyTypeObject *type = Py_TYPE(self);
	Handle *h = b->h;

	PyObject_GC_UnTrack(self);
	if (side->open == self)
		(void)side_settle(h, side);
	PyMem_Free(b->slots);
	PyMem_Free(b->msgs);
	PyObject_GC_Del(self);
	Py_DECREF(type);
	Py_DECREF(h);
}

#define FAST(f) ((PyCFunction)(void (*)(void))(f))

#define COMMON_METHODS \
	{"__enter__", batch_enter, METH_NOARGS, "The batch itself."}, \
	{"__exit__", FAST(batch_exit), METH_FASTCALL, \
	 "Send or release all; after an exception none."}, \
	{NULL, NULL, 0, NULL}

static PyMethodDef reservations_methods[] = {
	{"commit", FAST(batch_commit), METH_FASTCALL,
	 "commit($self, sizes=None, /)\n--\n\nSend the first of them, one for each size."},
	{"abort", batch_abort, METH_NOARGS, "abort($self)\n--\n\nGive all back unsent."},
	COMMON_METHODS,
};

static PyMethodDef messages_methods[] = {
	{"release", FAST(batch_release), METH_FASTCALL,
	 "release($self, n=None, /)\n--\n\nGive the first n back as read, the others unread."},
	{"keep", batch_abort, METH_NOARGS, "keep($self)\n--\n\nGive all back unread."},
	COMMON_METHODS,
};

static PyGetSetDef batch_getset[] = {
	{"open", batch_live, NULL, "whether it is not given back", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

#define BATCH_SLOTS(doc, methods) \
	{ \
		{Py_tp_doc, doc}, {Py_tp_dealloc, batch_dealloc}, \
		{Py_tp_traverse, batch_traverse}, \
		{Py_tp_methods, methods}, {Py_tp_getset, batch_getset}, \
		{Py_sq_length, batch_length}, {Py_sq_item, batch_item}, {0, NULL}, \
	}

int batch_types(PyObject *module)
{
	static PyType_Slot reservations_slots[] =
		BATCH_SLOTS("Slots to write messages into.", reservations_methods);
	static PyType_Slot messages_slots[] = BATCH_SLOTS("Messages in place.", messages_methods);
	const unsigned flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
		Py_TPFLAGS_DISALLOW_INSTANTIATION;
	PyType_Spec reservations = {"nabd.Reservations", sizeof(Batch), 0, flags,
				    reservations_slots};
	PyType_Spec messages = {"nabd.Messages", sizeof(Batch), 0, flags, messages_slots};

	reservations_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &reservations, NULL);
	messages_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &messages, NULL);
	if (reservations_type == NULL || messages_type == NULL)
		return -1;
	return PyModule_AddType(module, reservations_type) == 0 &&
		PyModule_AddType(module, messages_type) == 0 ? 0 : -1;
}
