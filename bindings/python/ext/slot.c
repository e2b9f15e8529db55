/* SPDX-License-Identifier: MIT */
/*
 * A slot in Python's hands: Reservation and Message export the memory itself and count
 * who has it. As long as somebody does, the slot is neither sent nor released (BufferError);
 * afterwards nobody can get at it. So no memoryview or array outlives its message.
 */
#include "both.h"

static PyTypeObject *reservation_type, *message_type;
static PyObject *release_name;
static PyCFunction release_now; /* what that name is of a memoryview; NULL: not to be told */

struct side *slot_side(Handle *h, bool received)
{
	return received ? &h->rx : &h->tx;
}

static Slot *spare[2]; /* one of each kind, so that none is made for each message */

PyObject *slot_new(Handle *h, bool received, void *data, size_t len)
{
	PyTypeObject *type = received ? message_type : reservation_type;
	Slot *s = spare[received];

	if (s) {
		spare[received] = NULL;
		(void)PyObject_Init((PyObject *)s, type);
	} else {
		s = PyObject_GC_New(Slot, type);
		if (s == NULL)
			return NULL;
	}
	s->h = (Handle *)Py_NewRef((PyObject *)h);
	s->batch = s->view = NULL;
	s->data = data;
	s->len = len;
	s->exports = 0;
	s->sequence = 0;
	s->flags = 0;
	s->deliveries = 0;
	s->received = received;
	PyObject_GC_Track(s);
	return (PyObject *)s;
}

PyObject *slot_of_batch(Batch *b, Py_ssize_t i)
{
	const struct nabd_msg *msg = b->received ? &b->msgs[i] : NULL;
	void *data = msg ? (void *)msg->data : b->slots[i];
	Slot *s = (Slot *)slot_new(b->h, b->received, data, msg ? msg->len : b->len);

	if (s == NULL)
		return NULL;
	s->batch = Py_NewRef((PyObject *)b);
	if (msg) {
		s->sequence = msg->sequence;
		s->flags = msg->flags;
		s->deliveries = msg->deliveries;
	}
	return (PyObject *)s;
}

bool slot_is_live(const Slot *s)
{
	const struct side *side = slot_side(s->h, s->received);

	return side->open == (s->batch ? s->batch : (PyObject *)s) && !side->doomed;
}

static int slot_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
	Slot *s = (Slot *)self;

	if (!slot_is_live(s)) {
		view->obj = NULL;
		raise_state("the slot was given back: it has no memory any more");
		return -1;
	}
	if (PyBuffer_FillInfo(view, self, s->data, (Py_ssize_t)s->len, s->received, flags) != 0)
		return -1;
	s->exports++;
	slot_side(s->h, s->received)->exports++;
	return 0;
}

static void slot_releasebuffer(PyObject *self, Py_buffer *view)
{
	Slot *s = (Slot *)self;
	struct side *side = slot_side(s->h, s->received);

	(void)view;
	s->exports--;
	side->exports--;
	if (unlikely(side->doomed) && side->exports == 0)
		(void)side_settle(s->h, side);
}

/* Gives what is open back unsent, or unread, as soon as nobody has a buffer of it. Answers
 * an error of the library. */
int side_settle(Handle *h, struct side *side)
{
	if (side->open == NULL)
		return NABD_OK;
	side->doomed = side->exports != 0;
	if (side->doomed)
		return NABD_OK;
	side->kept = side == &h->rx && !is_batch(side->open);
	side->open = NULL;
	if (side == &h->tx)
		return nabd_abort(h->q);
	return both_release_batch(h, 0);
}

/* Peeking again gives the message that is open; NULL if none is, without an exception. */
PyObject *message_again(Handle *h)
{
	const struct side *side = &h->rx;

	if (side->open == NULL || side->doomed || Py_TYPE(side->open) != message_type)
		return NULL;
	return Py_NewRef(side->open);
}

/* Releases the memoryview that `with` gave. Fails if something refers to that in turn. */
int view_release(PyObject **view)
{
	PyObject *v = *view, *done;

	if (v == NULL)
		return 0;
	*view = NULL;
	done = likely(release_now != NULL) ? release_now(v, NULL) :
					     PyObject_CallMethodObjArgs(v, release_name, NULL);
	if (done == NULL) {
		/* Still alive: to be released by its end. */
		Py_DECREF(v);
		return -1;
	}
	Py_DECREF(done);
	Py_DECREF(v);
	return 0;
}

/* Before the message that is open goes: the view of its own `with` goes with it. */
int message_hide(Handle *h)
{
	PyObject *open = h->rx.open;

	return open && Py_TYPE(open) == message_type ? view_release(&((Slot *)open)->view) : 0;
}

/* Whether the slot may be sent or released now. */
static bool finish_begins(Slot *s)
{
	if (s->batch) {
		raise_state("it is one of a batch, which is given back as a whole");
		return false;
	}
	if (!slot_is_live(s)) {
		raise_state("the slot was given back already");
		return false;
	}
	if (view_release(&s->view) != 0)
		return false;
	if (s->exports != 0) {
		PyErr_SetString(PyExc_BufferError,
				"a memoryview or array still refers to the slot");
		return false;
	}
	return side_enter(s->h, slot_side(s->h, s->received));
}

static PyObject *finish(Slot *s, size_t len)
{
	struct side *side = slot_side(s->h, s->received);
	int rc;

	if (!finish_begins(s))
		return NULL;
	if (s->received)
		rc = both_release(s->h);
	else
		rc = nabd_commit(s->h->q, len);
	side_leave(side);
	if (rc == NABD_TOOBIG) /* it stays open */
		return raise_code(s->h, rc);
	side->open = NULL;
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(s->h, rc);
}

static PyObject *slot_commit(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	Slot *s = (Slot *)self;
	size_t len = s->len;

	if (nargs > 1) {
		PyErr_SetString(PyExc_TypeError, "commit() takes at most one argument");
		return NULL;
	}
	if (nargs == 1 && !read_size(args[0], &len))
		return NULL;
	return finish(s, len);
}

static PyObject *slot_release(PyObject *self, PyObject *none)
{
	(void)none;
	return finish((Slot *)self, 0);
}

/* Never fails for what somebody still has: then it is done with the last of those. */
static PyObject *slot_abort(PyObject *self, PyObject *none)
{
	Slot *s = (Slot *)self;
	struct side *side = slot_side(s->h, s->received);
	int rc;

	(void)none;
	if (s->batch)
		return raise_state("it is one of a batch, which is given back as a whole");
	if (!slot_is_live(s))
		return raise_state("the slot was given back already");
	if (view_release(&s->view) != 0)
		PyErr_Clear();
	rc = side_settle(s->h, side);
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(s->h, rc);
}

static PyObject *slot_enter(PyObject *self, PyObject *none)
{
	Slot *s = (Slot *)self;
	PyObject *view;

	(void)none;
	if (s->batch)
		return raise_state("it is one of a batch, which is given back as a whole");
	if (s->view)
		return raise_state("it was entered already");
	view = PyMemoryView_FromObject(self);
	if (view)
		s->view = Py_NewRef(view);
	return view;
}

/* What the block itself has sent, released or given up is left so. */
static PyObject *slot_exit(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	Slot *s = (Slot *)self;
	PyObject *done = Py_None;

	if (!slot_is_live(s)) {
		if (view_release(&s->view) != 0)
			PyErr_Clear();
		Py_RETURN_NONE;
	}
	if (likely(nargs == 0 || args[0] == Py_None))
		return finish(s, s->len);
	done = slot_abort(self, NULL);
	if (done == NULL) /* the block's own exception matters more */
		PyErr_Clear();
	Py_XDECREF(done);
	Py_RETURN_NONE;
}

static Py_ssize_t slot_length(PyObject *self)
{
	return (Py_ssize_t)((Slot *)self)->len;
}

static int slot_traverse(PyObject *self, visitproc visit, void *arg)
{
	Slot *s = (Slot *)self;

	Py_VISIT(Py_TYPE(self));
	Py_VISIT(s->h);
	Py_VISIT(s->batch);
	Py_VISIT(s->view);
	return 0;
}

/* Without its view the slot is in no cycle. */
static int slot_clear(PyObject *self)
{
	Py_CLEAR(((Slot *)self)->view);
	return 0;
}

static void slot_dealloc(PyObject *self)
{
	Slot *s = (Slot *)self;
	struct side *side = slot_side(s->h, s->received);
	PyTypeObject *type = Py_TYPE(self);
	Handle *h = s->h;

	PyObject_GC_UnTrack(self);
	Py_CLEAR(s->view);
	if (side->open == self)
		(void)side_settle(h, side);
	Py_CLEAR(s->batch);
	if (spare[s->received] == NULL)
		spare[s->received] = s;
	else
		PyObject_GC_Del(self);
	Py_DECREF(type);
	Py_DECREF(h);
}

static PyMethodDef reservation_methods[] = {
	{"commit", (PyCFunction)(void (*)(void))slot_commit, METH_FASTCALL,
	 "commit($self, size=<all of it>, /)\n--\n\nSend it, cut to size bytes."},
	{"abort", slot_abort, METH_NOARGS, "abort($self)\n--\n\nGive it back unsent."},
	{"__enter__", slot_enter, METH_NOARGS, "A writable memoryview, until the block ends."},
	{"__exit__", (PyCFunction)(void (*)(void))slot_exit, METH_FASTCALL,
	 "commit(); after an exception abort()."},
	{NULL, NULL, 0, NULL},
};

static PyMethodDef message_methods[] = {
	{"release", slot_release, METH_NOARGS, "release($self)\n--\n\nGive it back as read."},
	{"keep", slot_abort, METH_NOARGS,
	 "keep($self)\n--\n\nDon't release it: the next call that receives gets it again."},
	{"__enter__", slot_enter, METH_NOARGS, "A read-only memoryview, until the block ends."},
	{"__exit__", (PyCFunction)(void (*)(void))slot_exit, METH_FASTCALL,
	 "release(); after an exception keep()."},
	{NULL, NULL, 0, NULL},
};

/*
 * A memoryview's release() without a look-up of its name for each message, which is a tenth of
 * what a with block takes. The type is final, so that it is the same for all of them.
 */
static int find_release(void)
{
	PyObject *bytes = PyBytes_FromStringAndSize(NULL, 0);
	PyObject *view = bytes ? PyMemoryView_FromObject(bytes) : NULL;
	PyObject *method = view ? PyObject_GetAttr(view, release_name) : NULL;

	if (method && PyCFunction_CheckExact(method) &&
	    PyCFunction_GetFlags(method) == METH_NOARGS)
		release_now = PyCFunction_GetFunction(method);
	Py_XDECREF(method);
	Py_XDECREF(view);
	Py_XDECREF(bytes);
	return method ? 0 : -1;
}

#define SLOT_SLOTS(doc, methods, getset) \
	{ \
		{Py_tp_doc, doc}, {Py_tp_dealloc, slot_dealloc}, {Py_tp_traverse, slot_traverse}, \
		{Py_tp_clear, slot_clear}, {Py_tp_methods, methods}, {Py_tp_getset, getset}, \
		{Py_sq_length, slot_length}, {Py_bf_getbuffer, slot_getbuffer}, \
		{Py_bf_releasebuffer, slot_releasebuffer}, {0, NULL}, \
	}

int slot_types(PyObject *module)
{
	static PyType_Slot reservation_slots[] =
		SLOT_SLOTS("A slot to write a message into.", reservation_methods,
			   reservation_getset);
	static PyType_Slot message_slots[] =
		SLOT_SLOTS("A message in place.", message_methods, message_getset);
	const unsigned flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
		Py_TPFLAGS_DISALLOW_INSTANTIATION;
	PyType_Spec reservation = {"nabd.Reservation", sizeof(Slot), 0, flags, reservation_slots};
	PyType_Spec message = {"nabd.Message", sizeof(Slot), 0, flags, message_slots};

	reservation_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &reservation, NULL);
	message_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &message, NULL);
	release_name = PyUnicode_InternFromString("release");
	if (reservation_type == NULL || message_type == NULL || release_name == NULL ||
	    find_release() != 0)
		return -1;
	return PyModule_AddType(module, reservation_type) == 0 &&
		PyModule_AddType(module, message_type) == 0 ? 0 : -1;
}
