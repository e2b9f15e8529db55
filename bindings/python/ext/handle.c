/* SPDX-License-Identifier: MIT */
/* Handles: opened, closed, collected. A Queue has both sides; a Member, in group.c, one. */
#include "nabdpy.h"

PyTypeObject *handle_type, *queue_type, *member_type;
Handle *all_handles;

static void forget_callables(Handle *h)
{
	Py_CLEAR(h->dead_letter);
	Py_CLEAR(h->high);
	Py_CLEAR(h->low);
	Py_CLEAR(h->full);
}

static void let_go_of(PyObject **queue)
{
	if (*queue)
		((Handle *)*queue)->members--;
	Py_CLEAR(*queue);
}

/* The library's calls block: the consumer may save a checkpoint. Meanwhile nobody may begin
 * anything with what is closed next: no slot is given out or lives, and no member is joined. */
static int close_consumer(Handle *h)
{
	nabd_consumer_t *c = h->c;
	int rc, saved;

	if (c == NULL)
		return NABD_OK;
	h->c = NULL;
	h->rx.open = NULL;
	if (h->q)
		h->tx.open = NULL;
	h->closing = true;
	h->tx.busy = h->rx.busy = PyThread_get_thread_ident();
	Py_BEGIN_ALLOW_THREADS
	rc = nabd_consumer_close(c);
	saved = errno;
	Py_END_ALLOW_THREADS
	h->tx.busy = h->rx.busy = 0;
	h->closing = false;
	let_go_of(&h->parent);
	let_go_of(&h->letters);
	errno = saved;
	return rc;
}

static int close_queue(Handle *h)
{
	nabd_t *q = h->q;
	const int rc = nabd_close(q);

	if (rc == NABD_STATE)
		return rc;
	h->q = NULL;
	h->tx.open = h->rx.open = NULL;
	return rc;
}

static bool may_close(Handle *h)
{
	if (h->tx.exports != 0 || h->rx.exports != 0) {
		PyErr_SetString(PyExc_BufferError,
				"a memoryview or array still refers to one of its slots");
		return false;
	}
	if (h->members != 0) {
		raise_state("a member that was joined through it, or has its letters, is open");
		return false;
	}
	return true;
}

/* Once more is no error, and does nothing. */
PyObject *handle_close(Handle *h)
{
	int rc, saved;

	if (!may_close(h))
		return NULL;
	if ((h->tx.busy != 0 || h->rx.busy != 0) && !leave_sides(h))
		return NULL;
	/* Others may have run meanwhile. */
	if (!may_close(h))
		return NULL;
	rc = close_consumer(h);
	saved = errno;
	if (h->q) {
		const int also = close_queue(h);

		rc = rc != NABD_OK ? rc : also;
	}
	errno = saved;
	if (rc != NABD_OK)
		return raise_code(NULL, rc);
	forget_callables(h);
	Py_RETURN_NONE;
}

static PyObject *close_method(PyObject *self, PyObject *none)
{
	(void)none;
	return handle_close((Handle *)self);
}

static PyObject *closed_get(PyObject *self, void *closure)
{
	const Handle *h = (Handle *)self;

	(void)closure;
	return PyBool_FromLong(h->q == NULL && h->c == NULL);
}

static PyObject *handle_new(PyTypeObject *type, PyObject *args, PyObject *kw)
{
	allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	Handle *h = (Handle *)alloc(type, 0);

	(void)args;
	(void)kw;
	if (h == NULL)
		return NULL;
	h->next = all_handles;
	h->link = &all_handles;
	if (all_handles)
		all_handles->link = &h->next;
	all_handles = h;
	return (PyObject *)h;
}

static int handle_traverse(PyObject *self, visitproc visit, void *arg)
{
	Handle *h = (Handle *)self;

	Py_VISIT(Py_TYPE(self));
	Py_VISIT(h->parent);
	Py_VISIT(h->letters);
	Py_VISIT(h->dead_letter);
	Py_VISIT(h->high);
	Py_VISIT(h->low);
	Py_VISIT(h->full);
	return 0;
}

/* What it needs to be closed (parent, letters) is kept: those are no part of a cycle that
 * does not go through a callable. */
static int handle_clear(PyObject *self)
{
	forget_callables((Handle *)self);
	return 0;
}

static void warn_unclosed(Handle *h)
{
	struct nabd_consumer_stats stats = {.size = sizeof(stats)};
	PyObject *type, *value, *trace;

	if (h->q ? nabd_empty(h->q) == NABD_FORKED :
		   nabd_consumer_stats(h->c, &stats) == NABD_FORKED)
		return;
	PyErr_Fetch(&type, &value, &trace);
	if (PyErr_ResourceWarning(NULL, 1, "unclosed nabd handle %p", (void *)h) < 0)
		PyErr_WriteUnraisable(NULL);
	PyErr_Restore(type, value, trace);
}

static void handle_dealloc(PyObject *self)
{
	Handle *h = (Handle *)self;
	PyTypeObject *type = Py_TYPE(self);
	freefunc free_self = (freefunc)PyType_GetSlot(type, Py_tp_free);

	PyObject_GC_UnTrack(self);
	if (h->q || h->c) {
		warn_unclosed(h);
		(void)close_consumer(h);
		if (h->q)
			(void)close_queue(h);
	}
	forget_callables(h);
	*h->link = h->next;
	if (h->next)
		h->next->link = h->link;
	free_self(self);
	Py_DECREF(type);
}

/* Reads what nabd_open_opts() is given; the name and the directory stay the caller's. */
static bool read_open(PyObject *args, PyObject *kw, const char **name, size_t *slots,
		      size_t *slot_size, unsigned *flags, struct nabd_opts *opts, PyObject **dir)
{
	static char *names[] = {"name", "slots", "slot_size", "flags", "opts", "mode", "align",
				"owner", "group", "dir", NULL};
	Py_ssize_t wanted_slots = 0, wanted_size = 0;
	PyObject *path = Py_None;

	if (!PyArg_ParseTupleAndKeywords(args, kw, "s|nnO&O&O&O&O&O&O", names, name,
					 &wanted_slots, &wanted_size, arg_u32, flags, arg_u32,
					 &opts->flags, arg_u32, &opts->mode, arg_u32, &opts->align,
					 arg_u32, &opts->owner, arg_u32, &opts->group, &path))
		return false;
	if (wanted_slots < 0 || wanted_size < 0) {
		PyErr_SetString(PyExc_ValueError, "slots and slot_size must not be negative");
		return false;
	}
	*slots = (size_t)wanted_slots;
	*slot_size = (size_t)wanted_size;
	if (path == Py_None)
		return true;
	*dir = path_bytes(path);
	opts->dir = *dir ? PyBytes_AsString(*dir) : NULL;
	return *dir != NULL;
}

static int queue_init(PyObject *self, PyObject *args, PyObject *kw)
{
	Handle *h = (Handle *)self;
	struct nabd_opts opts = NABD_OPTS_INIT;
	struct nabd_stats stats = {.size = sizeof(stats)};
	size_t slots, slot_size;
	PyObject *dir = NULL;
	unsigned flags = 0;
	const char *name;
	nabd_t *q = NULL;
	int rc, saved;

	if (h->q || h->c) {
		raise_state("it is open already");
		return -1;
	}
	if (!read_open(args, kw, &name, &slots, &slot_size, &flags, &opts, &dir)) {
		Py_XDECREF(dir);
		return -1;
	}
	Py_BEGIN_ALLOW_THREADS
	rc = nabd_open_opts(name, slots, slot_size, flags, &opts, &q);
	saved = errno;
	Py_END_ALLOW_THREADS
	Py_XDECREF(dir);
	errno = saved;
	if (rc == NABD_OK && (h->q || h->c)) {
		(void)nabd_close(q); /* another thread was faster */
		raise_state("it is open already");
		return -1;
	}
	if (rc == NABD_OK) {
		h->q = q;
		h->flags = flags;
	}
	if (rc == NABD_OK && nabd_stats(h->q, &stats) == NABD_OK) {
		h->slots = stats.slots;
		h->overwrite = (stats.state & NABD_STATE_OVERWRITE) != 0;
	}
	if (rc != NABD_OK)
		(void)raise_code(NULL, rc);
	return rc == NABD_OK ? 0 : -1;
}

static PyMethodDef close_methods[] = {
	{"close", close_method, METH_NOARGS,
	 "close($self, /)\n--\n\nGive the roles back; twice is no error."},
	{NULL, NULL, 0, NULL},
};

static PyGetSetDef handle_getset[] = {
	{"closed", closed_get, NULL, "whether it is closed", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

/* A type whose methods stand in several tables: the first of them is its own, the others
 * are added as descriptors. */
static int add_methods(PyTypeObject *type, PyMethodDef *table)
{
	for (; table->ml_name; table++) {
		PyObject *method = PyDescr_NewMethod(type, table);
		const int failed = method == NULL ||
			PyObject_SetAttrString((PyObject *)type, table->ml_name, method) != 0;

		Py_XDECREF(method);
		if (failed)
			return -1;
	}
	return 0;
}

static PyTypeObject *make_type(PyObject *module, PyType_Spec *spec, PyTypeObject *parent,
			       PyMethodDef **tables)
{
	PyObject *type = PyType_FromModuleAndSpec(module, spec, (PyObject *)parent);

	if (type == NULL)
		return NULL;
	for (; *tables; tables++)
		if (add_methods((PyTypeObject *)type, *tables) != 0)
			return NULL;
	return PyModule_AddType(module, (PyTypeObject *)type) == 0 ? (PyTypeObject *)type : NULL;
}

static PyType_Slot handle_slots[] = {
	{Py_tp_doc, "What receives: the base of Queue and Member."},
	{Py_tp_new, handle_new},
	{Py_tp_dealloc, handle_dealloc},
	{Py_tp_traverse, handle_traverse},
	{Py_tp_clear, handle_clear},
	{Py_tp_methods, close_methods},
	{Py_tp_getset, handle_getset},
	{0, NULL},
};

static PyType_Slot queue_slots[] = {
	{Py_tp_doc, "A handle on a queue."},
	{Py_tp_init, queue_init},
	{0, NULL},
};

extern int member_init(PyObject *self, PyObject *args, PyObject *kw);

static PyType_Slot member_slots[] = {
	{Py_tp_doc, "A member of a consumer group."},
	{Py_tp_init, member_init},
	{0, NULL},
};

/* The others inherit what the collector needs, and with it the flag. */
#define TYPE_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE)

int handle_types(PyObject *module)
{
	static PyType_Spec handle = {"nabd._nabd.Handle", sizeof(Handle), 0,
				     TYPE_FLAGS | Py_TPFLAGS_HAVE_GC, handle_slots};
	static PyType_Spec queue = {"nabd._nabd.Queue", sizeof(Handle), 0, TYPE_FLAGS, queue_slots};
	static PyType_Spec member = {"nabd._nabd.Member", sizeof(Handle), 0, TYPE_FLAGS,
				     member_slots};
	PyMethodDef *of_handle[] = {receive_methods, receive_batch_methods, ready_methods,
				    member_methods, member_look_methods,
				    checkpoint_methods, NULL};
	PyMethodDef *of_queue[] = {send_methods, send_batch_methods, reserve_many_methods,
				   look_methods, latency_methods, state_methods, group_methods,
				   pressure_methods, NULL};
	PyMethodDef *of_member[] = {NULL};

	handle_type = make_type(module, &handle, NULL, of_handle);
	if (handle_type == NULL)
		return -1;
	queue_type = make_type(module, &queue, handle_type, of_queue);
	member_type = make_type(module, &member, handle_type, of_member);
	return queue_type && member_type ? 0 : -1;
}
