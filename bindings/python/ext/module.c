/* SPDX-License-Identifier: MIT */
/*
 * The extension module nabd._nabd. It has one set of types for the process, so that
 * only the main interpreter may import it.
 */
#include "nabdpy.h"

static PyMethodDef fork_functions[] = {
	{"_after_fork", after_fork, METH_NOARGS, "To be called in each child of a fork."},
	{NULL, NULL, 0, NULL},
};

/* A library of another major version, or one that is older, may lack what is used here. */
static int check_version(void)
{
	unsigned major = 0, minor = 0;
	const char *version = nabd_version();
	char *end;

	major = (unsigned)strtoul(version, &end, 10);
	if (*end == '.')
		minor = (unsigned)strtoul(end + 1, NULL, 10);
	if (major == NABD_VERSION_MAJOR && minor >= NABD_VERSION_MINOR)
		return 0;
	PyErr_Format(PyExc_ImportError, "made for libnabd %s, but the one that runs is %s",
		     NABD_VERSION_STRING, version);
	return -1;
}

static int module_exec(PyObject *module)
{
	PyMethodDef *tables[] = {file_functions, look_functions, ready_functions, fork_functions};

	if (PyInterpreterState_GetID(PyInterpreterState_Get()) != 0) {
		PyErr_SetString(PyExc_ImportError, "nabd can't be used in a subinterpreter");
		return -1;
	}
	if (handle_type != NULL) {
		PyErr_SetString(PyExc_ImportError, "nabd can be loaded once in a process only");
		return -1;
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (PyModule_AddFunctions(module, tables[i]) != 0)
			return -1;
	return check_version() || error_setup() || constants_setup(module) || slot_types(module) ||
		batch_types(module) || pressure_types(module) || handle_types(module) ||
		look_setup(module) || latency_types(module) ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {
	{Py_mod_exec, module_exec},
	{0, NULL},
};

static struct PyModuleDef definition = {
	.m_base = PyModuleDef_HEAD_INIT,
	.m_name = "nabd._nabd",
	.m_doc = "The calls of libnabd. Use the package nabd.",
	.m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__nabd(void);

PyMODINIT_FUNC PyInit__nabd(void)
{
	return PyModuleDef_Init(&definition);
}
