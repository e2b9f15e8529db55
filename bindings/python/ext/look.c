/* SPDX-License-Identifier: MIT */
/* Looking at queues. Structs become tuples, in the order of these tables; nabd/_types.py
 * gives the tuples their names. */
#include "nabdpy.h"

#define FIELD(type, name, kind) {#name, offsetof(struct type, name), kind}
#define END                     {NULL, 0, U32}

#define F(name, kind) FIELD(nabd_stats, name, kind)
static const struct field stats_fields[] = {
	F(state, U32), F(slots, U32), F(slot_size, U32), F(stride, U32), F(align, U32),
	F(head, U64), F(tail, U64), F(position, U64), F(bytes, U64), F(full_count, U64),
	F(producer_epoch, U64), F(created_ns, U64), F(incarnation, BYTES16), END,
};
#undef F

#define F(name, kind) FIELD(nabd_consumer_stats, name, kind)
static const struct field consumer_fields[] = {
	F(group, U32), F(state, I32), F(joined, U64), F(claimed, U64), F(redelivered, U64),
	F(held, U64), F(nacked, U64), F(dead_letters, U64), F(lost, U64), F(gap, U64), END,
};
#undef F

#define F(name, kind) FIELD(nabd_group_info, name, kind)
static const struct field group_fields[] = {
	F(group, U32), F(state, U32), F(members, U32), F(holding, U32), F(max_deliveries, U32),
	F(max_stall_ms, U32), F(max_lag, U64), F(position, U64), F(low, U64), F(lag, U64),
	F(made, U64), END,
};
#undef F

#define F(name, kind) FIELD(nabd_member_info, name, kind)
static const struct field member_fields[] = {
	F(group, U32), F(member, U32), F(alive, U32), F(first, U64), F(held, U64),
	F(deliveries, U32), END,
};
#undef F

#define F(name, kind) FIELD(nabd_metrics, name, kind)
static const struct field metrics_fields[] = {
	F(state, U32), F(slots, U32), F(fill, U32), F(fill_percent, U32), F(high_fill, U32),
	F(head, U64), F(tail, U64), F(bytes, U64), F(full_count, U64), F(reader_wakes, U64),
	F(producer_wakes, U64), F(evictions, U64), F(lost, U64), F(producer_epoch, U64),
	F(progress_ns, U64), F(now_ns, U64), F(created_ns, U64), END,
};
#undef F

#define F(name, kind) FIELD(nabd_group_metrics, name, kind)
static const struct field group_metrics_fields[] = {
	F(group, U32), F(state, U32), F(owner, U32), F(members, U32), F(holding, U32),
	F(ended, I32), F(made, U64), F(position, U64), F(low, U64), F(lag, U64), F(high_lag, U64),
	F(wakes, U64), F(claimed, U64), F(redelivered, U64), F(nacked, U64), F(dead_letters, U64),
	F(lost, U64), F(evictions, U64), F(progress_ns, U64), END,
};
#undef F

#define F(name, kind) FIELD(nabd_member_metrics, name, kind)
static const struct field member_metrics_fields[] = {
	F(group, U32), F(member, U32), F(alive, U32), F(held, U64), F(first, U64), F(claimed, U64),
	F(redelivered, U64), F(nacked, U64), F(dead_letters, U64), F(progress_ns, U64), END,
};
#undef F

#define F(name, kind) FIELD(nabd_memory, name, kind)
static const struct field memory_fields[] = {
	F(page, U32), F(huge_page, U64), F(bytes, U64), F(mapped, U64), F(locked, U64),
	F(huge, U64), F(swapped, U64), END,
};
#undef F

#define F(name, kind) FIELD(nabd_rates, name, kind)
static const struct field rates_fields[] = {
	F(seconds, F64), F(messages, F64), F(bytes, F64), F(released, F64), F(full, F64),
	F(reader_wakes, F64), F(producer_wakes, F64), F(lost, F64), END,
};
#undef F

#define F(name, kind) FIELD(nabd_checkpoint, name, kind)
static const struct field checkpoint_fields[] = {
	F(group, U32), F(incarnation, BYTES16), F(sequence, U64), F(head, U64), F(saved_ns, U64),
	F(saves, U64), END,
};
#undef F

/* For a test: what each tuple holds. */
static const struct {
	const char *name;
	const struct field *fields;
} tables[] = {
	{"nabd_stats", stats_fields},
	{"nabd_consumer_stats", consumer_fields},
	{"nabd_group_info", group_fields},
	{"nabd_member_info", member_fields},
	{"nabd_metrics", metrics_fields},
	{"nabd_group_metrics", group_metrics_fields},
	{"nabd_member_metrics", member_metrics_fields},
	{"nabd_memory", memory_fields},
	{"nabd_rates", rates_fields},
	{"nabd_checkpoint", checkpoint_fields},
};

static PyObject *field_value(const char *at, enum kind kind)
{
	union {
		uint32_t u32;
		int32_t i32;
		uint64_t u64;
		double f64;
	} v;

	memcpy(&v, at, kind == U32 || kind == I32 ? 4 : 8);
	switch (kind) {
	case U32: return PyLong_FromUnsignedLong(v.u32);
	case I32: return PyLong_FromLong(v.i32);
	case U64: return PyLong_FromUnsignedLongLong(v.u64);
	case F64: return PyFloat_FromDouble(v.f64);
	case BYTES16: break;
	}
	return PyBytes_FromStringAndSize(at, 16);
}

PyObject *fields_tuple(const void *from, const struct field *fields)
{
	PyObject *tuple;
	Py_ssize_t n = 0;

	while (fields[n].name)
		n++;
	tuple = PyTuple_New(n);
	for (Py_ssize_t i = 0; tuple && i < n; i++) {
		PyObject *value = field_value((const char *)from + fields[i].offset,
					      fields[i].kind);

		if (value == NULL)
			Py_CLEAR(tuple);
		else
			(void)PyTuple_SetItem(tuple, i, value);
	}
	return tuple;
}

/* Names of fields into the module's FIELDS. */
int add_fields(PyObject *module, const char *name, const struct field *fields)
{
	PyObject *all = PyObject_GetAttrString(module, "FIELDS");
	PyObject *names = all ? PyList_New(0) : NULL;
	int failed = names == NULL || PyDict_SetItemString(all, name, names) != 0;

	for (const struct field *f = fields; !failed && f->name; f++) {
		PyObject *field = PyUnicode_FromString(f->name);

		failed = field == NULL || PyList_Append(names, field) != 0;
		Py_XDECREF(field);
	}
	Py_XDECREF(names);
	Py_XDECREF(all);
	return failed ? -1 : 0;
}

int look_setup(PyObject *module)
{
	PyObject *all = PyDict_New();
	int failed = all == NULL || PyModule_AddObjectRef(module, "FIELDS", all) != 0;

	Py_XDECREF(all);
	for (size_t i = 0; !failed && i < sizeof(tables) / sizeof(tables[0]); i++)
		failed = add_fields(module, tables[i].name, tables[i].fields);
	return failed ? -1 : 0;
}

#define ANSWER(h, rc, from, fields) \
	((rc) == NABD_OK ? fields_tuple(from, fields) : raise_code(h, rc))

static PyObject *stats(PyObject *self, PyObject *none)
{
	struct nabd_stats s = {.size = sizeof(s)};
	const int rc = nabd_stats(((Handle *)self)->q, &s);

	(void)none;
	return ANSWER((Handle *)self, rc, &s, stats_fields);
}

static PyObject *metrics(PyObject *self, PyObject *none)
{
	struct nabd_metrics m = {.size = sizeof(m)};
	const int rc = nabd_metrics_get(((Handle *)self)->q, &m);

	(void)none;
	return ANSWER((Handle *)self, rc, &m, metrics_fields);
}

static PyObject *memory(PyObject *self, PyObject *none)
{
	struct nabd_memory m = {.size = sizeof(m)};
	const int rc = nabd_memory_get(((Handle *)self)->q, &m);

	(void)none;
	return ANSWER((Handle *)self, rc, &m, memory_fields);
}

static PyObject *group_look(PyObject *self, PyObject *group)
{
	struct nabd_group_info info = {.size = sizeof(info)};
	uint32_t id;
	int rc;

	if (!read_u32(group, &id))
		return NULL;
	rc = nabd_group_look(((Handle *)self)->q, id, &info);
	return ANSWER((Handle *)self, rc, &info, group_fields);
}

static PyObject *group_metrics(PyObject *self, PyObject *group)
{
	struct nabd_group_metrics m = {.size = sizeof(m)};
	uint32_t id;
	int rc;

	if (!read_u32(group, &id))
		return NULL;
	rc = nabd_group_metrics_get(((Handle *)self)->q, id, &m);
	return ANSWER((Handle *)self, rc, &m, group_metrics_fields);
}

static bool read_member(PyObject *const *args, Py_ssize_t nargs, uint32_t *group, uint32_t *member)
{
	if (nargs != 2) {
		PyErr_SetString(PyExc_TypeError, "a group and a member are wanted");
		return false;
	}
	return read_u32(args[0], group) && read_u32(args[1], member);
}

static PyObject *member_look(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	struct nabd_member_info info = {.size = sizeof(info)};
	uint32_t group, member;
	int rc;

	if (!read_member(args, nargs, &group, &member))
		return NULL;
	rc = nabd_member_look(((Handle *)self)->q, group, member, &info);
	return ANSWER((Handle *)self, rc, &info, member_fields);
}

static PyObject *member_metrics(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	struct nabd_member_metrics m = {.size = sizeof(m)};
	uint32_t group, member;
	int rc;

	if (!read_member(args, nargs, &group, &member))
		return NULL;
	rc = nabd_member_metrics_get(((Handle *)self)->q, group, member, &m);
	return ANSWER((Handle *)self, rc, &m, member_metrics_fields);
}

static PyObject *consumer_stats(PyObject *self, PyObject *none)
{
	struct nabd_consumer_stats s = {.size = sizeof(s)};
	Handle *h = (Handle *)self;
	int rc;

	(void)none;
	if (h->c == NULL && h->q)
		return raise_code(h, NABD_ROLE);
	if (h->rx.busy && !side_refused(h, &h->rx))
		return NULL;
	rc = nabd_consumer_stats(h->c, &s);
	return ANSWER(h, rc, &s, consumer_fields);
}

static PyObject *checkpoint_load(PyObject *module, PyObject *file)
{
	struct nabd_checkpoint c = {.size = sizeof(c)};
	PyObject *path = path_bytes(file);
	int rc;

	(void)module;
	if (path == NULL)
		return NULL;
	rc = nabd_checkpoint_load(PyBytes_AsString(path), &c);
	Py_DECREF(path);
	return ANSWER(NULL, rc, &c, checkpoint_fields);
}

/* Metrics as _metrics() gave them: the numbers, in the order of their table. */
static bool read_metrics(PyObject *tuple, struct nabd_metrics *m)
{
	PyObject *list = PySequence_Tuple(tuple);
	const struct field *f = metrics_fields;
	bool ok = list != NULL;

	memset(m, 0, sizeof(*m));
	m->size = sizeof(*m);
	for (Py_ssize_t i = 0; ok && f->name; i++, f++) {
		PyObject *item = i < PyTuple_Size(list) ? PyTuple_GetItem(list, i) : NULL;
		const unsigned long long v = item ? PyLong_AsUnsignedLongLong(item) : 0;

		if (item == NULL && !PyErr_Occurred())
			PyErr_SetString(PyExc_TypeError, "Metrics are wanted");
		ok = item && !(v == UINT64_MAX && PyErr_Occurred());
		if (f->kind == U32)
			memcpy((char *)m + f->offset, &(uint32_t){(uint32_t)v}, 4);
		else
			memcpy((char *)m + f->offset, &(uint64_t){v}, 8);
	}
	Py_XDECREF(list);
	return ok;
}

static PyObject *rates(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
	struct nabd_rates r = {.size = sizeof(r)};
	struct nabd_metrics before, after;
	int rc;

	(void)module;
	if (nargs != 2) {
		PyErr_SetString(PyExc_TypeError, "rates() takes two Metrics");
		return NULL;
	}
	if (!read_metrics(args[0], &before) || !read_metrics(args[1], &after))
		return NULL;
	rc = nabd_metrics_rates(&before, &after, &r);
	return ANSWER(NULL, rc, &r, rates_fields);
}

#define FAST(f) ((PyCFunction)(void (*)(void))(f))

PyMethodDef look_methods[] = {
	{"_stats", stats, METH_NOARGS, "nabd_stats"},
	{"_metrics", metrics, METH_NOARGS, "nabd_metrics"},
	{"_memory", memory, METH_NOARGS, "nabd_memory"},
	{"_group", group_look, METH_O, "nabd_group_info"},
	{"_group_metrics", group_metrics, METH_O, "nabd_group_metrics"},
	{"_member", FAST(member_look), METH_FASTCALL, "nabd_member_info"},
	{"_member_metrics", FAST(member_metrics), METH_FASTCALL, "nabd_member_metrics"},
	{NULL, NULL, 0, NULL},
};

PyMethodDef member_look_methods[] = {
	{"_consumer_stats", consumer_stats, METH_NOARGS, "nabd_consumer_stats"},
	{NULL, NULL, 0, NULL},
};

PyMethodDef look_functions[] = {
	{"checkpoint_load", checkpoint_load, METH_O, "nabd_checkpoint"},
	{"rates", FAST(rates), METH_FASTCALL, "nabd_rates"},
	{NULL, NULL, 0, NULL},
};
