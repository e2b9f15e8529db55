/* SPDX-License-Identifier: MIT */
/* Backpressure: functions that are called as the queue fills, and delays between tries. */
#include "nabdpy.h"

#include <time.h>

/* The library calls from within a sending call, with the GIL or without. What the function
 * raises can't change what that call does: it goes to sys.unraisablehook. */
static void tell(PyObject *function, Handle *h)
{
	const PyGILState_STATE gil = PyGILState_Ensure();
	PyObject *answer;

	if (function) {
		PyObject *type, *value, *trace;

		Py_INCREF(function);
		PyErr_Fetch(&type, &value, &trace);
		answer = PyObject_CallFunctionObjArgs(function, (PyObject *)h, NULL);
		if (answer == NULL)
			PyErr_WriteUnraisable(function);
		Py_XDECREF(answer);
		PyErr_Restore(type, value, trace);
		Py_DECREF(function);
	}
	PyGILState_Release(gil);
}

static void on_high(nabd_t *q, void *arg)
{
	(void)q;
	tell(((Handle *)arg)->high, arg);
}

static void on_low(nabd_t *q, void *arg)
{
	(void)q;
	tell(((Handle *)arg)->low, arg);
}

static void on_full(nabd_t *q, void *arg)
{
	(void)q;
	tell(((Handle *)arg)->full, arg);
}

static bool read_function(PyObject *o)
{
	if (o == Py_None || PyCallable_Check(o))
		return true;
	PyErr_SetString(PyExc_TypeError, "a function or None is wanted");
	return false;
}

static void replace(PyObject **where, PyObject *with)
{
	PyObject *old = *where;

	*where = with == Py_None ? NULL : Py_NewRef(with);
	Py_XDECREF(old);
}

static PyObject *set_backpressure(PyObject *self, PyObject *args, PyObject *kw)
{
	static char *names[] = {"high", "low", "on_high", "on_low", "on_full", NULL};
	struct nabd_backpressure bp = NABD_BACKPRESSURE_INIT;
	PyObject *high = Py_None, *low = Py_None, *full = Py_None;
	Handle *h = (Handle *)self;
	int rc;

	if (!PyArg_ParseTupleAndKeywords(args, kw, "|O&O&$OOO", names, arg_u32, &bp.high, arg_u32,
					 &bp.low, &high, &low, &full) ||
	    !read_function(high) || !read_function(low) || !read_function(full) ||
	    !side_enter(h, &h->tx))
		return NULL;
	bp.on_high = on_high;
	bp.on_low = on_low;
	bp.on_full = on_full;
	bp.arg = h;
	rc = nabd_set_backpressure(h->q, &bp);
	side_leave(&h->tx);
	if (rc != NABD_OK)
		return raise_code(h, rc);
	replace(&h->high, high);
	replace(&h->low, low);
	replace(&h->full, full);
	Py_RETURN_NONE;
}

static PyObject *clear_backpressure(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	int rc;

	(void)none;
	if (!side_enter(h, &h->tx))
		return NULL;
	rc = nabd_set_backpressure(h->q, NULL);
	side_leave(&h->tx);
	if (rc != NABD_OK)
		return raise_code(h, rc);
	Py_CLEAR(h->high);
	Py_CLEAR(h->low);
	Py_CLEAR(h->full);
	Py_RETURN_NONE;
}

static PyObject *is_pressured(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	int rc;

	(void)none;
	if (!side_enter(h, &h->tx))
		return NULL;
	rc = nabd_is_pressured(h->q);
	side_leave(&h->tx);
	return rc >= 0 ? PyBool_FromLong(rc) : raise_code(h, rc);
}

typedef struct {
	PyObject_HEAD
	nabd_backoff_t state;
} Backoff;

static int backoff_init(PyObject *self, PyObject *args, PyObject *kw)
{
	static char *names[] = {"retries", "base", "cap", NULL};
	struct nabd_backoff_opts opts = NABD_BACKOFF_INIT;
	PyObject *retries = Py_None, *base = NULL, *cap = NULL;
	int rc;

	if (!PyArg_ParseTupleAndKeywords(args, kw, "|OOO", names, &retries, &base, &cap))
		return -1;
	if (PyTuple_Size(args) == 0 && (kw == NULL || PyDict_GetItemString(kw, "retries") == NULL))
		retries = NULL;
	if (retries == Py_None)
		opts.retries = UINT32_MAX;
	else if (retries && !read_u32(retries, &opts.retries))
		return -1;
	if ((base && !read_seconds(base, &opts.base_ns)) ||
	    (cap && !read_seconds(cap, &opts.cap_ns)))
		return -1;
	rc = nabd_backoff_begin(&((Backoff *)self)->state, &opts);
	if (rc != NABD_OK)
		(void)raise_code(NULL, rc);
	return rc == NABD_OK ? 0 : -1;
}

/* Sleeps with the handlers of signals run in between. */
static bool sleep_in_slices(uint64_t ns)
{
	const int64_t began = monotonic_ns();
	int64_t left;

	while ((left = left_of((int64_t)ns, began)) > 0) {
		const struct timespec slice = {.tv_nsec = left < SLICE_NS ? left : SLICE_NS};

		Py_BEGIN_ALLOW_THREADS
		nanosleep(&slice, NULL);
		Py_END_ALLOW_THREADS
		if (PyErr_CheckSignals() < 0)
			return false;
	}
	return true;
}

/*
 * Answers what the library does, and in *rest what remains to be slept: signals do not shorten
 * its delays, so that it makes one of 1 ns in place of each that is long.
 */
static int next_try(nabd_backoff_t *state, uint64_t *rest)
{
	const uint64_t delay = state->delay_ns, cap = state->cap_ns, half = delay / 2;
	int rc;

	*rest = 0;
	if (delay <= (uint64_t)SLICE_NS)
		return nabd_backoff_wait(state);
	state->delay_ns = state->cap_ns = 1;
	rc = nabd_backoff_wait(state);
	state->cap_ns = cap;
	state->delay_ns = delay;
	if (rc != NABD_OK)
		return rc;
	state->delay_ns = delay <= cap / 2 ? 2 * delay : cap;
	*rest = delay - half + state->chance % (half + 1);
	return NABD_OK;
}

/* Whether to try again. The state is copied, as another thread may use it meanwhile. */
static PyObject *backoff_wait(PyObject *self, PyObject *none)
{
	Backoff *b = (Backoff *)self;
	nabd_backoff_t state = b->state;
	uint64_t rest;
	int rc;

	(void)none;
	Py_BEGIN_ALLOW_THREADS
	rc = next_try(&state, &rest);
	Py_END_ALLOW_THREADS
	b->state = state;
	if (rc != NABD_OK && rc != NABD_TIMEOUT)
		return raise_code(NULL, rc);
	if (PyErr_CheckSignals() < 0 || !sleep_in_slices(rest))
		return NULL;
	return PyBool_FromLong(rc == NABD_OK);
}

static void backoff_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

int pressure_types(PyObject *module)
{
	static PyMethodDef methods[] = {
		{"wait", backoff_wait, METH_NOARGS,
		 "wait($self, /)\n--\n\nWait before the next try; False if there is none."},
		{NULL, NULL, 0, NULL},
	};
	static PyType_Slot slots[] = {
		{Py_tp_doc, "Longer and longer delays between tries."}, {Py_tp_init, backoff_init},
		{Py_tp_methods, methods}, {Py_tp_dealloc, backoff_dealloc}, {0, NULL},
	};
	static PyType_Spec spec = {"nabd.Backoff", sizeof(Backoff), 0, Py_TPFLAGS_DEFAULT, slots};
	PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);

	if (type == NULL)
		return -1;
	return PyModule_AddType(module, (PyTypeObject *)type);
}

PyMethodDef pressure_methods[] = {
	{"set_backpressure", (PyCFunction)(void (*)(void))set_backpressure,
	 METH_VARARGS | METH_KEYWORDS,
	 "set_backpressure($self, high=80, low=50, *, on_high=None, on_low=None, on_full=None)\n"
	 "--\n\nCall functions as the queue fills and empties."},
	{"clear_backpressure", clear_backpressure, METH_NOARGS,
	 "clear_backpressure($self, /)\n--\n\nCall none any more."},
	{"is_pressured", is_pressured, METH_NOARGS,
	 "is_pressured($self, /)\n--\n\n"
	 "Whether the high watermark was reached, and the low not since."},
	{NULL, NULL, 0, NULL},
};
