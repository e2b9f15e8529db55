/* SPDX-License-Identifier: MIT */
/* Checkpoints: how far a group is, in a file. Without the GIL, as they wait for the disk. */
#include "nabdpy.h"

/* These are calls of a member, beside what it receives: it may have a message open. */
static bool enter(Handle *h)
{
	if (h->c == NULL && h->q) {
		(void)raise_code(h, NABD_ROLE);
		return false;
	}
	if (h->c == NULL) {
		(void)raise_closed();
		return false;
	}
	return side_enter(h, &h->rx);
}

static PyObject *save(PyObject *self, PyObject *file)
{
	Handle *h = (Handle *)self;
	PyObject *path = path_bytes(file);
	const char *name;
	int rc, saved;

	if (path == NULL || !enter(h)) {
		Py_XDECREF(path);
		return NULL;
	}
	name = PyBytes_AsString(path);
	Py_BEGIN_ALLOW_THREADS
	rc = nabd_checkpoint_save(h->c, name);
	saved = errno;
	Py_END_ALLOW_THREADS
	side_leave(&h->rx);
	Py_DECREF(path);
	errno = saved;
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(h, rc);
}

static PyObject *resume(PyObject *self, PyObject *const *args, Py_ssize_t nargs)
{
	struct nabd_resume how = NABD_RESUME_INIT;
	Handle *h = (Handle *)self;
	PyObject *path;
	const char *name;
	int rc, saved;

	if (nargs != 2) {
		PyErr_SetString(PyExc_TypeError, "_resume() takes a path and flags");
		return NULL;
	}
	if (!read_u32(args[1], &how.flags))
		return NULL;
	path = path_bytes(args[0]);
	if (path == NULL || !enter(h)) {
		Py_XDECREF(path);
		return NULL;
	}
	name = PyBytes_AsString(path);
	Py_BEGIN_ALLOW_THREADS
	rc = nabd_consumer_resume(h->c, name, &how);
	saved = errno;
	Py_END_ALLOW_THREADS
	side_leave(&h->rx);
	Py_DECREF(path);
	errno = saved;
	if (rc != NABD_OK)
		return raise_code(NULL, rc); /* LAPPED tells of the file, not of a gap */
	return Py_BuildValue("KKI", (unsigned long long)how.sequence,
			     (unsigned long long)how.lost, (unsigned)how.state);
}

static PyObject *automatic(PyObject *self, PyObject *args)
{
	uint64_t every_messages = 0;
	long long every_ns = 0;
	Handle *h = (Handle *)self;
	PyObject *file, *path = NULL;
	const char *name = NULL;
	int rc, saved;

	if (!PyArg_ParseTuple(args, "OO&L", &file, arg_u64, &every_messages, &every_ns))
		return NULL;
	if (file != Py_None) {
		path = path_bytes(file);
		if (path == NULL)
			return NULL;
		name = PyBytes_AsString(path);
	}
	if (!enter(h)) {
		Py_XDECREF(path);
		return NULL;
	}
	Py_BEGIN_ALLOW_THREADS
	rc = nabd_checkpoint_auto(h->c, name, every_messages, every_ns);
	saved = errno;
	Py_END_ALLOW_THREADS
	side_leave(&h->rx);
	Py_XDECREF(path);
	errno = saved;
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(h, rc);
}

/* (error or None, sequence or None) */
static PyObject *status(PyObject *self, PyObject *none)
{
	Handle *h = (Handle *)self;
	PyObject *error, *last;
	uint64_t sequence = 0;
	int code = NABD_OK, rc;

	(void)none;
	if (!enter(h))
		return NULL;
	rc = nabd_checkpoint_status(h->c, NULL, &sequence);
	last = rc == NABD_OK ? PyLong_FromUnsignedLongLong(sequence) : Py_NewRef(Py_None);
	if (rc == NABD_OK || rc == NABD_NOTFOUND)
		rc = nabd_checkpoint_status(h->c, &code, NULL);
	side_leave(&h->rx);
	if (rc != NABD_OK) {
		Py_XDECREF(last);
		return raise_code(h, rc);
	}
	error = code == NABD_OK ? Py_NewRef(Py_None) : error_instance(code);
	if (error && last)
		return Py_BuildValue("NN", error, last);
	Py_XDECREF(error);
	Py_XDECREF(last);
	return NULL;
}

PyMethodDef checkpoint_methods[] = {
	{"checkpoint_save", save, METH_O,
	 "checkpoint_save($self, path, /)\n--\n\nSave how far the group is; on the disk then."},
	{"_resume", (PyCFunction)(void (*)(void))resume, METH_FASTCALL, "(sequence, lost, state)"},
	{"_checkpoint_auto", automatic, METH_VARARGS, "path, messages, nanoseconds"},
	{"_checkpoint_status", status, METH_NOARGS, "(error, sequence)"},
	{NULL, NULL, 0, NULL},
};
