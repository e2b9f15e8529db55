/* SPDX-License-Identifier: MIT */
/* The numbers of nabd.h, under their names without NABD_. */
#include "nabdpy.h"

#define C(name) {#name, (long)NABD_##name}

static const struct {
	const char *name;
	long value;
} constants[] = {
	C(CREATE), C(EXCL), C(PRODUCER), C(CONSUMER), C(OBSERVE), C(OVERWRITE), C(TIMESTAMPS),
	C(DEFAULT_SLOTS), C(DEFAULT_SLOT_SIZE), C(MAX_SLOTS), C(MAX_SLOT_SIZE), C(MAX_ALIGN),
	C(MAX_NAME), C(MAX_GROUPS), C(MAX_MEMBERS), C(MAX_DELIVERIES),
	C(PREFAULT), C(MLOCK), C(HUGE_PAGES), C(ANY_OWNER), C(OWNER_UID), C(SET_GROUP),
	C(MSG_REDELIVERED),
	C(JOIN_OLDEST), C(JOIN_NEWEST), C(JOIN_SEQUENCE), C(GROUP_EPHEMERAL),
	C(GROUP_STATE_EPHEMERAL), C(GROUP_STATE_ALIVE), C(GROUP_STATE_HOLDS),
	C(GROUP_OWNER_NONE), C(GROUP_OWNER_ALIVE), C(GROUP_OWNER_DEAD),
	C(WAIT_UNLINK), C(WAIT_PRODUCER), C(WAIT_SLICE_NS), C(WAIT_ANY_MAX),
	C(RESUME_OLDEST), C(RESUME_NEWEST), C(RESUMED_EXACT), C(RESUMED_GAP), C(RESUMED_OTHER),
	C(STATE_PRODUCER), C(STATE_CONSUMER), C(STATE_GROUP0), C(STATE_UNLINKED),
	C(STATE_OVERWRITE), C(STATE_FULL), C(STATE_PRESSURED), C(STATE_TIMESTAMPS),
	C(LATENCY_BUCKETS), C(LATENCY_ALL),
	C(METRICS_TEXT), C(METRICS_JSON), C(METRICS_PROMETHEUS),
	C(RECOVER_DO), C(RECOVER_REMOVE), C(RECOVER_DISCARD),
	C(VERSION_MAJOR), C(VERSION_MINOR), C(VERSION_PATCH), C(VERSION_NUMBER),
};

/* How to wait: name -> (spin_ns, yield_ns, slice_ns). */
static const struct {
	const char *name;
	struct nabd_wait_opts opts;
} ways[] = {
	{"balanced", NABD_WAIT_BALANCED},
	{"latency", NABD_WAIT_LATENCY},
	{"power", NABD_WAIT_POWER},
};

int constants_setup(PyObject *module)
{
	PyObject *all = PyDict_New();
	int failed = all == NULL;

	for (size_t i = 0; !failed && i < sizeof(constants) / sizeof(constants[0]); i++)
		failed = PyModule_AddIntConstant(module, constants[i].name, constants[i].value);
	for (size_t i = 0; !failed && i < sizeof(ways) / sizeof(ways[0]); i++) {
		const struct nabd_wait_opts *o = &ways[i].opts;
		PyObject *way = Py_BuildValue("KKK", (unsigned long long)o->spin_ns,
					      (unsigned long long)o->yield_ns,
					      (unsigned long long)o->slice_ns);

		failed = way == NULL || PyDict_SetItemString(all, ways[i].name, way);
		Py_XDECREF(way);
	}
	failed = failed || PyModule_AddObjectRef(module, "WAYS_TO_WAIT", all) ||
		PyModule_AddStringConstant(module, "VERSION_STRING", NABD_VERSION_STRING);
	Py_XDECREF(all);
	return failed ? -1 : 0;
}
