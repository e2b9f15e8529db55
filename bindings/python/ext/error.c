/* SPDX-License-Identifier: MIT */
/* Errors of the library become the exceptions that nabd/_errors.py declares. */
#include "nabdpy.h"

#define CODES 128

static struct {
	PyObject *type;
	PyObject *args; /* what the exception is made with; NULL: made anew each time */
} errors[CODES];
static PyObject *base, *closed;

static int number_of(int rc)
{
	return rc < 0 && rc > -CODES && errors[-rc].type ? -rc : 0;
}

/* An OSError is made with errno and a text, any other exception with the text. */
static PyObject *make_args(PyObject *type, int rc, int number)
{
	PyObject *standard;

	if (!PyObject_IsSubclass(type, PyExc_OSError))
		return Py_BuildValue("(s)", nabd_strerror(rc));
	if (rc == NABD_SYSTEM)
		return Py_BuildValue("(is)", number, strerror(number));
	standard = PyObject_GetAttrString(type, "standard");
	if (standard == NULL)
		return NULL;
	return Py_BuildValue("(Ns)", standard, nabd_strerror(rc));
}

static int set_up_code(PyObject *classes, int rc)
{
	PyObject *key = PyLong_FromLong(rc);
	PyObject *type = key ? PyObject_GetItem(classes, key) : NULL;

	Py_XDECREF(key);
	if (type == NULL)
		return -1;
	errors[-rc].type = type;
	if (rc == NABD_SYSTEM)
		return 0;
	errors[-rc].args = make_args(type, rc, 0);
	return errors[-rc].args ? 0 : -1;
}

/* A library that is newer than this module may have errors that it has no class for. */
int error_setup(void)
{
	PyObject *module = PyImport_ImportModule("nabd._errors");
	PyObject *classes = module ? PyObject_GetAttrString(module, "BY_CODE") : NULL;
	int failed = classes == NULL;

	for (int rc = -1; !failed && rc >= NABD_NOTCHECKPOINT; rc--)
		failed = set_up_code(classes, rc) != 0;
	if (!failed) {
		base = PyObject_GetAttrString(module, "Error");
		closed = PyObject_GetAttrString(module, "ClosedError");
		failed = base == NULL || closed == NULL;
	}
	Py_XDECREF(classes);
	Py_XDECREF(module);
	return failed ? -1 : 0;
}

PyObject *error_instance(int rc)
{
	const int saved = errno, i = number_of(rc);
	PyObject *args, *instance, *code;

	if (i == 0) {
		instance = PyObject_CallFunction(base, "s", nabd_strerror(rc));
		code = PyLong_FromLong(rc);
		if (instance && code)
			(void)PyObject_SetAttrString(instance, "code", code);
		Py_XDECREF(code);
		return instance;
	}
	args = errors[i].args ? Py_NewRef(errors[i].args) : make_args(errors[i].type, rc, saved);
	instance = args ? PyObject_CallObject(errors[i].type, args) : NULL;
	Py_XDECREF(args);
	return instance;
}

/* Raises the instance with one more attribute. */
static PyObject *raise_instance(int rc, const char *attribute, unsigned long long value)
{
	PyObject *instance = error_instance(rc);
	PyObject *number = PyLong_FromUnsignedLongLong(value);

	if (instance && number && PyObject_SetAttrString(instance, attribute, number) == 0)
		PyErr_SetObject((PyObject *)Py_TYPE(instance), instance);
	Py_XDECREF(number);
	Py_XDECREF(instance);
	return NULL;
}

static uint64_t gap_of(Handle *h)
{
	struct nabd_consumer_stats stats = {.size = sizeof(stats)};
	uint64_t gap = 0;

	if (h->c)
		return nabd_consumer_stats(h->c, &stats) == NABD_OK ? stats.gap : 0;
	return nabd_lost(h->q, &gap, NULL) == NABD_OK ? gap : 0;
}

/* For every error of a call on a handle. Answers NULL. */
PyObject *raise_code(Handle *h, int rc)
{
	const int i = number_of(rc);

	if (PyErr_Occurred())
		return NULL;
	if (h && rc == NABD_INVALID && h->q == NULL && h->c == NULL)
		return raise_closed();
	if (h && (rc == NABD_LAPPED || rc == NABD_EVICTED))
		return raise_instance(rc, "lost", gap_of(h));
	if (i != 0 && errors[i].args) {
		PyErr_SetObject(errors[i].type, errors[i].args);
	} else {
		PyObject *instance = error_instance(rc);

		if (instance)
			PyErr_SetObject((PyObject *)Py_TYPE(instance), instance);
		Py_XDECREF(instance);
	}
	return NULL;
}

PyObject *raise_with(Handle *h, int rc, const char *attribute, unsigned long long value)
{
	if (PyErr_Occurred())
		return NULL;
	if (rc == NABD_INVALID && h->q == NULL && h->c == NULL)
		return raise_closed();
	return raise_instance(rc, attribute, value);
}

/* One more attribute for the exception that is set. */
void tell_raised(const char *attribute, unsigned long long value)
{
	PyObject *type, *instance, *trace, *number = PyLong_FromUnsignedLongLong(value);

	PyErr_Fetch(&type, &instance, &trace);
	PyErr_NormalizeException(&type, &instance, &trace);
	if (number == NULL || PyObject_SetAttrString(instance, attribute, number) != 0)
		PyErr_Clear();
	Py_XDECREF(number);
	PyErr_Restore(type, instance, trace);
}

PyObject *raise_state(const char *text)
{
	PyErr_SetString(errors[-NABD_STATE].type, text);
	return NULL;
}

PyObject *raise_closed(void)
{
	PyErr_SetString(closed, "it is closed");
	return NULL;
}
