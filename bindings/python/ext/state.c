/* SPDX-License-Identifier: MIT */
/* Questions that one number answers, and the texts that the library writes. */
#include "nabdpy.h"

static PyObject *yes_or_no(Handle *h, int rc)
{
	return rc >= 0 ? PyBool_FromLong(rc) : raise_code(h, rc);
}

static PyObject *empty(PyObject *self, PyObject *none)
{
	(void)none;
	return yes_or_no((Handle *)self, nabd_empty(((Handle *)self)->q));
}

static PyObject *full(PyObject *self, PyObject *none)
{
	(void)none;
	return yes_or_no((Handle *)self, nabd_full(((Handle *)self)->q));
}

static PyObject *fill_level(PyObject *self, PyObject *none)
{
	const int rc = nabd_fill_level(((Handle *)self)->q);

	(void)none;
	return rc >= 0 ? PyLong_FromLong(rc) : raise_code((Handle *)self, rc);
}

static PyObject *min_tail(PyObject *self, PyObject *none)
{
	uint64_t sequence = 0;
	const int rc = nabd_min_tail(((Handle *)self)->q, &sequence);

	(void)none;
	return rc == NABD_OK ? PyLong_FromUnsignedLongLong(sequence) :
			       raise_code((Handle *)self, rc);
}

/* (gap, total) */
static PyObject *lost(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	uint64_t gap = 0, total = 0;
	int rc;

	(void)none;
	if (h->rx.busy && !side_refused(h, &h->rx))
		return NULL;
	rc = nabd_lost(h->q, &gap, &total);
	if (rc != NABD_OK)
		return raise_code(h, rc);
	return Py_BuildValue("KK", (unsigned long long)gap, (unsigned long long)total);
}

/* A text whose length is told by a first call may be longer the next time. */
static PyObject *format(PyObject *self, PyObject *which)
{
	Handle *h = (Handle *)self;
	size_t size = 4096, len = 0;
	PyObject *text = NULL;
	uint32_t kind;
	int rc;

	if (!read_u32(which, &kind))
		return NULL;
	do {
		char *buf = PyMem_Malloc(size);

		if (buf == NULL)
			return PyErr_NoMemory();
		rc = nabd_metrics_format(h->q, kind, buf, size, &len);
		if (rc == NABD_OK)
			text = PyUnicode_DecodeUTF8(buf, (Py_ssize_t)len, "replace");
		PyMem_Free(buf);
		size = len + len / 4 + 256;
	} while (rc == NABD_BUFFER);
	return rc == NABD_OK ? text : raise_code(h, rc);
}

PyMethodDef state_methods[] = {
	{"empty", empty, METH_NOARGS, "empty($self, /)\n--\n\nWhether nothing is waiting."},
	{"full", full, METH_NOARGS, "full($self, /)\n--\n\nWhether no slot is free."},
	{"fill_level", fill_level, METH_NOARGS,
	 "fill_level($self, /)\n--\n\nSlots in use by the slowest group, in percent."},
	{"min_tail", min_tail, METH_NOARGS,
	 "min_tail($self, /)\n--\n\nSequence of the oldest message that a group still holds."},
	{"_lost", lost, METH_NOARGS, "(gap, total)"},
	{"_format", format, METH_O, "nabd_metrics_format"},
	{NULL, NULL, 0, NULL},
};
