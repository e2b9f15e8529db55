/* SPDX-License-Identifier: MIT */
/* How to wait, being woken, descriptors for event loops, and waiting for several at once. */
#include "both.h"

/* What arm and fd are about: messages; on a queue that only sends, free slots. */
static struct side *asked(Handle *h)
{
	return h->c || h->flags & NABD_CONSUMER ? &h->rx : &h->tx;
}

static bool enter(Handle *h)
{
	return asked(h) == &h->rx ? rx_enter(h) : side_enter(h, &h->tx);
}

static void leave(Handle *h)
{
	if (asked(h) == &h->rx)
		rx_leave(h);
	else
		side_leave(&h->tx);
}

static PyObject *fd(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	int rc;

	(void)none;
	if (asked(h)->busy != 0 && !side_refused(h, asked(h)))
		return NULL;
	rc = both_fd(h);
	return rc >= 0 ? PyLong_FromLong(rc) : raise_code(h, rc);
}

static PyObject *arm(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	int rc;

	(void)none;
	if (!enter(h))
		return NULL;
	rc = both_arm(h);
	leave(h);
	return rc >= 0 ? PyBool_FromLong(rc) : raise_code(h, rc);
}

static PyObject *wake(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	const int rc = both_wake(h);

	(void)none;
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(h, rc);
}

/* (flags, spin_ns, yield_ns, slice_ns) */
static PyObject *set_wait(PyObject *self, PyObject *args)
{
	struct nabd_wait_opts opts = NABD_WAIT_BALANCED;
	Handle *h = (Handle *)self;
	int rc;

	if (!PyArg_ParseTuple(args, "O&O&O&O&", arg_u32, &opts.flags, arg_u64, &opts.spin_ns,
			      arg_u64, &opts.yield_ns, arg_u64, &opts.slice_ns))
		return NULL;
	if ((h->rx.busy != 0 && !side_refused(h, &h->rx)) ||
	    (h->tx.busy != 0 && !side_refused(h, &h->tx)))
		return NULL;
	rc = both_set_wait(h, &opts);
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(h, rc);
}

struct any {
	Handle *handles[NABD_WAIT_ANY_MAX];
	struct nabd_wait_item items[NABD_WAIT_ANY_MAX];
	size_t n, entered;
};

static void leave_all(struct any *a)
{
	while (a->entered > 0)
		leave(a->handles[--a->entered]);
}

static bool enter_all(struct any *a)
{
	while (a->entered < a->n) {
		if (!enter(a->handles[a->entered])) {
			leave_all(a);
			return false;
		}
		a->entered++;
	}
	return true;
}

/* Each time anew, as a handle may be closed while its side is free. */
static bool fill_items(struct any *a)
{
	for (size_t i = 0; i < a->n; i++) {
		Handle *h = a->handles[i];

		if (h->c == NULL && h->q == NULL) {
			(void)raise_closed();
			return false;
		}
		memset(&a->items[i], 0, sizeof(a->items[i]));
		a->items[i].consumer = h->c;
		a->items[i].q = h->c ? NULL : h->q;
	}
	return true;
}

static bool closing(const struct any *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->handles[i]->closing)
			return true;
	return false;
}

/* All sides are free afterwards. */
static bool wait_all(struct any *a, int64_t timeout, int *rc)
{
	const int64_t began = monotonic_ns();

	for (;;) {
		const int64_t left = timeout < 0 ? SLICE_NS : left_of(timeout, began);
		const int64_t slice = left < SLICE_NS ? left : SLICE_NS;
		int saved;

		if (!enter_all(a) || !fill_items(a)) {
			leave_all(a);
			return false;
		}
		Py_BEGIN_ALLOW_THREADS
		*rc = nabd_wait_any(a->items, a->n, slice);
		saved = errno;
		Py_END_ALLOW_THREADS
		leave_all(a);
		errno = saved;
		if (closing(a)) {
			(void)raise_closed();
			return false;
		}
		if (*rc != NABD_TIMEOUT || (timeout >= 0 && left == slice))
			return true;
		if (PyErr_CheckSignals() < 0)
			return false;
	}
}

/* [(index, None or error)] */
static PyObject *results(const struct any *a)
{
	PyObject *list = PyList_New(0);

	for (size_t i = 0; list && i < a->n; i++) {
		const int result = a->items[i].result;
		PyObject *error, *pair;
		int failed;

		if (result == 0)
			continue;
		error = result < 0 ? error_instance(result) : Py_NewRef(Py_None);
		pair = error ? Py_BuildValue("nN", (Py_ssize_t)i, error) : NULL;
		failed = pair == NULL || PyList_Append(list, pair) != 0;
		Py_XDECREF(pair);
		if (failed)
			Py_CLEAR(list);
	}
	return list;
}

static PyObject *wait_any(PyObject *module, PyObject *const *args, Py_ssize_t nargs)
{
	PyObject *list, *answer = NULL;
	struct any a = {.n = 0, .entered = 0};
	int64_t timeout = FOREVER;
	int rc = NABD_OK;

	(void)module;
	if (nargs < 1 || nargs > 2 || (nargs == 2 && !read_timeout(args[1], &timeout))) {
		if (!PyErr_Occurred())
			PyErr_SetString(PyExc_TypeError, "_wait_any() takes handles and a timeout");
		return NULL;
	}
	list = PySequence_Tuple(args[0]);
	if (list == NULL)
		return NULL;
	if (PyTuple_Size(list) < 1 || PyTuple_Size(list) > (Py_ssize_t)NABD_WAIT_ANY_MAX) {
		Py_DECREF(list);
		return raise_code(NULL, NABD_INVALID);
	}
	for (; (Py_ssize_t)a.n < PyTuple_Size(list); a.n++) {
		PyObject *item = PyTuple_GetItem(list, (Py_ssize_t)a.n);

		if (!PyObject_TypeCheck(item, handle_type)) {
			PyErr_SetString(PyExc_TypeError, "queues and members are wanted");
			Py_DECREF(list);
			return NULL;
		}
		a.handles[a.n] = (Handle *)item;
	}
	if (wait_all(&a, timeout, &rc))
		answer = rc > 0 ? results(&a) : raise_code(NULL, rc);
	Py_DECREF(list);
	return answer;
}

#define FAST(f) ((PyCFunction)(void (*)(void))(f))

PyMethodDef ready_methods[] = {
	{"fileno", fd, METH_NOARGS,
	 "fileno($self, /)\n--\n\n"
	 "A descriptor that is readable when there may be something to do."},
	{"arm", arm, METH_NOARGS,
	 "arm($self, /)\n--\n\nLet the descriptor tell; True if there is something already."},
	{"wake", wake, METH_NOARGS, "wake($self, /)\n--\n\nEnd the waits that run, with Woken."},
	{"_set_wait", set_wait, METH_VARARGS, "(flags, spin_ns, yield_ns, slice_ns)"},
	{NULL, NULL, 0, NULL},
};

PyMethodDef ready_functions[] = {
	{"_wait_any", FAST(wait_any), METH_FASTCALL, "(handles, timeout): [(index, error)]"},
	{NULL, NULL, 0, NULL},
};
