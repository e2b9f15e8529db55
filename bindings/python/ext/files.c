/* SPDX-License-Identifier: MIT */
/* What needs no handle: a queue's file, the names of errors, the version. */
#include "nabdpy.h"

#include <stdlib.h>

/* (name, [dir, flags, owner]) */
struct file {
	const char *name;
	PyObject *dir;
	struct nabd_opts opts;
	unsigned flags; /* of nabd_recover() */
};

static bool read_file(PyObject *args, PyObject *kw, struct file *f)
{
	static char *names[] = {"name", "dir", "opts", "owner", "flags", NULL};
	PyObject *path = Py_None;

	f->dir = NULL;
	f->opts = (struct nabd_opts)NABD_OPTS_INIT;
	f->flags = 0;
	if (!PyArg_ParseTupleAndKeywords(args, kw, "s|OO&O&O&", names, &f->name, &path, arg_u32,
					 &f->opts.flags, arg_u32, &f->opts.owner, arg_u32,
					 &f->flags))
		return false;
	if (path == Py_None)
		return true;
	f->dir = path_bytes(path);
	if (f->dir)
		f->opts.dir = PyBytes_AsString(f->dir);
	return f->dir != NULL;
}

static PyObject *unlink_queue(PyObject *module, PyObject *args, PyObject *kw)
{
	struct file f;
	int rc, saved;

	(void)module;
	if (!read_file(args, kw, &f))
		return NULL;
	Py_BEGIN_ALLOW_THREADS
	rc = f.dir ? nabd_unlink_opts(f.name, &f.opts) : nabd_unlink(f.name);
	saved = errno;
	Py_END_ALLOW_THREADS
	Py_XDECREF(f.dir);
	errno = saved;
	return rc == NABD_OK ? Py_NewRef(Py_None) : raise_code(NULL, rc);
}

/*
 * Both calls may be told twice, with more room: nabd_recover() answers NABD_BUFFER after it
 * has done its work, so that what it says the second time is that there is nothing to do.
 * Its room is therefore large from the start.
 */
#define ROOM ((size_t)1 << 16)

static int write_text(const struct file *f, bool recover, char *buf, size_t room, size_t *len)
{
	int rc;

	Py_BEGIN_ALLOW_THREADS
	rc = recover ? nabd_recover(f->name, &f->opts, f->flags, buf, room, len) :
		       nabd_diagnose(f->name, &f->opts, buf, room, len);
	Py_END_ALLOW_THREADS
	return rc;
}

/* (code, text): what is wrong with a file is no failure of this call. */
static PyObject *text(PyObject *args, PyObject *kw, bool recover)
{
	size_t room = ROOM, len = 0;
	PyObject *answer = NULL;
	struct file f;
	char *buf;
	int rc;

	if (!read_file(args, kw, &f))
		return NULL;
	for (;;) {
		buf = malloc(room);
		if (buf == NULL) {
			(void)PyErr_NoMemory();
			break;
		}
		rc = write_text(&f, recover, buf, room, &len);
		if (rc == NABD_BUFFER && !recover) {
			free(buf);
			room = len + ROOM;
			continue;
		}
		if (rc == NABD_BUFFER) {
			rc = NABD_OK; /* done; the text is cut off */
			len = room - 1;
		}
		if (len >= room)
			len = room - 1;
		if (rc == NABD_INVALID)
			(void)raise_code(NULL, rc);
		else
			answer = Py_BuildValue("iN", rc,
					       PyUnicode_DecodeUTF8(buf, (Py_ssize_t)len,
								    "replace"));
		free(buf);
		break;
	}
	Py_XDECREF(f.dir);
	return answer;
}

static PyObject *diagnose(PyObject *module, PyObject *args, PyObject *kw)
{
	(void)module;
	return text(args, kw, false);
}

static PyObject *recover(PyObject *module, PyObject *args, PyObject *kw)
{
	(void)module;
	return text(args, kw, true);
}

static bool read_code(PyObject *o, int *code)
{
	const long value = PyLong_AsLong(o);

	if (value == -1 && PyErr_Occurred())
		return false;
	*code = value < INT32_MIN || value > INT32_MAX ? INT32_MAX : (int)value;
	return true;
}

static PyObject *strerror_of(PyObject *module, PyObject *o)
{
	int code;

	(void)module;
	return read_code(o, &code) ? PyUnicode_FromString(nabd_strerror(code)) : NULL;
}

static PyObject *error_name(PyObject *module, PyObject *o)
{
	const char *name;
	int code;

	(void)module;
	if (!read_code(o, &code))
		return NULL;
	name = nabd_error_name(code);
	return name ? PyUnicode_FromString(name) : Py_NewRef(Py_None);
}

static PyObject *version(PyObject *module, PyObject *none)
{
	(void)module;
	(void)none;
	return PyUnicode_FromString(nabd_version());
}

#define WITH_KEYWORDS(f) ((PyCFunction)(void (*)(void))(f)), METH_VARARGS | METH_KEYWORDS

PyMethodDef file_functions[] = {
	{"unlink", WITH_KEYWORDS(unlink_queue), "nabd_unlink"},
	{"diagnose", WITH_KEYWORDS(diagnose), "nabd_diagnose"},
	{"recover", WITH_KEYWORDS(recover), "nabd_recover"},
	{"strerror", strerror_of, METH_O, "strerror(code, /)\n--\n\nThe text of an error."},
	{"error_name", error_name, METH_O,
	 "error_name(code, /)\n--\n\nThe name of an error as in nabd.h, or None."},
	{"version", version, METH_NOARGS, "version()\n--\n\nThe version of the library that runs."},
	{NULL, NULL, 0, NULL},
};
