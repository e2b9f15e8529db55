/* SPDX-License-Identifier: MIT */
/* How old messages were when they were received: a histogram, kept as the library gives it. */
#include "nabdpy.h"

typedef struct {
	PyObject_HEAD
	struct nabd_latency l;
} Latency;

static PyTypeObject *latency_type;

#define F(name, kind) {#name, offsetof(struct nabd_latency_summary, name), kind}
static const struct field summary_fields[] = {
	F(count, U64), F(unmeasured, U64), F(mean_ns, U64), F(min_ns, U64), F(p50_ns, U64),
	F(p90_ns, U64), F(p99_ns, U64), F(p99_9_ns, U64), F(max_ns, U64), {NULL, 0, U32},
};
#undef F

static Latency *latency_new(void)
{
	Latency *latency = PyObject_New(Latency, latency_type);

	if (latency) {
		memset(&latency->l, 0, sizeof(latency->l));
		latency->l.size = sizeof(latency->l);
	}
	return latency;
}

static PyObject *checked(Handle *h, int rc, Latency *latency)
{
	if (rc == NABD_OK)
		return (PyObject *)latency;
	Py_DECREF(latency);
	return raise_code(h, rc);
}

static PyObject *latency_get(PyObject *self, PyObject *args, PyObject *kw)
{
	static char *names[] = {"group", "member", NULL};
	PyObject *group = Py_None, *member = Py_None;
	uint32_t g = NABD_LATENCY_ALL, m = NABD_LATENCY_ALL;
	Handle *h = (Handle *)self;
	Latency *latency;

	if (!PyArg_ParseTupleAndKeywords(args, kw, "|OO", names, &group, &member) ||
	    (group != Py_None && !read_u32(group, &g)) ||
	    (member != Py_None && !read_u32(member, &m)))
		return NULL;
	latency = latency_new();
	return latency ? checked(h, nabd_latency_get(h->q, g, m, &latency->l), latency) : NULL;
}

static PyObject *latency_since(PyObject *self, PyObject *before)
{
	Latency *latency;

	if (Py_TYPE(before) != latency_type) {
		PyErr_SetString(PyExc_TypeError, "a Latency is wanted");
		return NULL;
	}
	latency = latency_new();
	if (latency == NULL)
		return NULL;
	return checked(NULL, nabd_latency_since(&((Latency *)before)->l, &((Latency *)self)->l,
						&latency->l), latency);
}

static PyObject *latency_summary(PyObject *self, PyObject *none)
{
	struct nabd_latency_summary s = {.size = sizeof(s)};
	const int rc = nabd_latency_summary(&((Latency *)self)->l, &s);

	(void)none;
	return rc == NABD_OK ? fields_tuple(&s, summary_fields) : raise_code(NULL, rc);
}

static PyObject *latency_buckets(PyObject *self, void *closure)
{
	const struct nabd_latency *l = &((Latency *)self)->l;
	PyObject *tuple = PyTuple_New(NABD_LATENCY_BUCKETS);

	(void)closure;
	for (Py_ssize_t i = 0; tuple && i < (Py_ssize_t)NABD_LATENCY_BUCKETS; i++) {
		PyObject *count = PyLong_FromUnsignedLongLong(l->bucket[i]);

		if (count == NULL)
			Py_CLEAR(tuple);
		else
			(void)PyTuple_SetItem(tuple, i, count);
	}
	return tuple;
}

/* closure is the offset of the number. */
static PyObject *latency_number(PyObject *self, void *closure)
{
	uint64_t number;

	memcpy(&number, (const char *)&((Latency *)self)->l + (size_t)closure, sizeof(number));
	return PyLong_FromUnsignedLongLong(number);
}

static void latency_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	PyObject_Free(self);
	Py_DECREF(type);
}

/* When a message in place was sent. */
PyObject *message_time(Handle *h, const struct nabd_msg *msg)
{
	Handle *queue = h->parent ? (Handle *)h->parent : h;
	uint64_t sent = 0;
	const int rc = nabd_message_time(queue->q, msg, &sent);

	return rc == NABD_OK ? PyLong_FromUnsignedLongLong(sent) : raise_code(h, rc);
}

int latency_types(PyObject *module)
{
	static PyMethodDef methods[] = {
		{"since", latency_since, METH_O,
		 "since($self, before, /)\n--\n\nWhat was received since an earlier look."},
		{"_summary", latency_summary, METH_NOARGS, "nabd_latency_summary"},
		{NULL, NULL, 0, NULL},
	};
#define NUMBER(name, doc) \
	{#name, latency_number, NULL, doc, (void *)offsetof(struct nabd_latency, name)}
	static PyGetSetDef getset[] = {
		NUMBER(created_ns, "when the queue was made: nanoseconds since 1970"),
		NUMBER(now_ns, "when this was looked up: CLOCK_MONOTONIC"),
		NUMBER(count, "messages in the buckets"),
		NUMBER(unmeasured, "messages beside them, whose time was none or of the future"),
		NUMBER(sum_ns, "of the ages of those counted, modulo 2^64"),
		NUMBER(max_ns, "the highest age"),
		{"buckets", latency_buckets, NULL, "messages of each age", NULL},
		{NULL, NULL, NULL, NULL, NULL},
	};
	static PyType_Slot slots[] = {
		{Py_tp_doc, "How old messages were when they were received."},
		{Py_tp_methods, methods}, {Py_tp_getset, getset}, {Py_tp_dealloc, latency_dealloc},
		{0, NULL},
	};
	static PyType_Spec spec = {"nabd._nabd.Latency", sizeof(Latency), 0,
				   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

	latency_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
	if (latency_type == NULL || PyModule_AddType(module, latency_type) != 0)
		return -1;
	return add_fields(module, "nabd_latency_summary", summary_fields);
}

PyMethodDef latency_methods[] = {
	{"latency", (PyCFunction)(void (*)(void))latency_get, METH_VARARGS | METH_KEYWORDS,
	 "latency($self, group=None, member=None)\n--\n\n"
	 "How old messages were when a group or member received them; None: all."},
	{NULL, NULL, 0, NULL},
};
