/* SPDX-License-Identifier: MIT */
/* Arguments: times in seconds, sizes, and what hot calls are given without a parser. */
#include "nabdpy.h"

#include <math.h>

bool read_seconds(PyObject *o, uint64_t *ns)
{
	const double seconds = PyFloat_AsDouble(o);

	if (seconds == -1.0 && PyErr_Occurred())
		return false;
	if (isnan(seconds) || seconds < 0 || seconds > 9e9) {
		PyErr_SetString(PyExc_ValueError, "a time must be from 0 to 9e9 seconds");
		return false;
	}
	*ns = (uint64_t)llround(seconds * 1e9);
	return true;
}

/* None: for ever. What is too long to count is for ever, too. */
bool read_timeout(PyObject *o, int64_t *ns)
{
	double seconds;

	if (o == NULL || o == Py_None) {
		*ns = FOREVER;
		return true;
	}
	seconds = PyFloat_AsDouble(o);
	if (seconds == -1.0 && PyErr_Occurred())
		return false;
	if (isnan(seconds) || seconds < 0) {
		PyErr_SetString(PyExc_ValueError, "timeout must not be negative");
		return false;
	}
	*ns = seconds > 9e9 ? FOREVER : (int64_t)llround(seconds * 1e9);
	return true;
}

bool read_size(PyObject *o, size_t *value)
{
	/* Not PyLong_AsSize_t() alone: it refuses numpy's integers. */
	PyObject *number = PyNumber_Index(o);

	if (number == NULL)
		return false;
	*value = PyLong_AsSize_t(number);
	Py_DECREF(number);
	return *value != (size_t)-1 || !PyErr_Occurred();
}

bool read_u32(PyObject *o, uint32_t *value)
{
	size_t wide;

	if (!read_size(o, &wide))
		return false;
	if (wide > UINT32_MAX) {
		PyErr_SetString(PyExc_OverflowError, "number is too large");
		return false;
	}
	*value = (uint32_t)wide;
	return true;
}

static bool read_u64(PyObject *o, uint64_t *value)
{
	PyObject *number = PyNumber_Index(o);

	if (number == NULL)
		return false;
	*value = PyLong_AsUnsignedLongLong(number);
	Py_DECREF(number);
	return *value != UINT64_MAX || !PyErr_Occurred();
}

/* For "O&" of PyArg_Parse…(): its "I" and "K" would cut off what does not fit. */
int arg_u32(PyObject *o, void *value)
{
	return read_u32(o, value);
}

int arg_u64(PyObject *o, void *value)
{
	return read_u64(o, value);
}

/* `wanted` arguments, and behind them a timeout, also as timeout=…; *timeout is FOREVER
 * without it. */
bool read_fast(const char *name, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
	       Py_ssize_t wanted, int64_t *timeout)
{
	const Py_ssize_t named = kwnames ? PyTuple_Size(kwnames) : 0;
	PyObject *last = nargs > wanted ? args[wanted] : NULL;

	if (nargs < wanted || nargs > wanted + 1 || named > 1 || (named == 1 && last)) {
		PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments and a timeout", name,
			     wanted);
		return false;
	}
	if (named == 1) {
		if (PyUnicode_CompareWithASCIIString(PyTuple_GetItem(kwnames, 0), "timeout") != 0) {
			PyErr_Format(PyExc_TypeError, "%s() has no argument %R", name,
				     PyTuple_GetItem(kwnames, 0));
			return false;
		}
		last = args[nargs];
	}
	return read_timeout(last, timeout);
}

/* The bytes of a path, as the file system has it. */
PyObject *path_bytes(PyObject *o)
{
	PyObject *bytes = NULL;

	return PyUnicode_FSConverter(o, &bytes) ? bytes : NULL;
}
