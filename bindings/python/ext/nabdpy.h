/* SPDX-License-Identifier: MIT */
/*
 * What the files of the extension module share. The module uses the limited API of
 * Python 3.11: one file serves that version and all later ones.
 *
 * Who protects what: every field below is read and written with the GIL held. A side that
 * is inside of a call of the library which may give up the GIL, or run Python code, has
 * `busy` set; whoever finds it set is refused, so that no side ever has two callers.
 */
#ifndef NABDPY_H
#define NABDPY_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <nabd/nabd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef Py_GIL_DISABLED
#error "a Python without a GIL is not supported"
#endif

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define FOREVER  INT64_C(-1)
#define SLICE_NS INT64_C(50000000) /* longest wait before signals are looked at */

/* Messages that a batch call handles without memory of its own. */
#define FEW 64

/* One side of a handle: what sends, or what receives. */
struct side {
	unsigned long busy;  /* the thread that is inside, 0: none */
	Py_ssize_t exports;  /* buffers of its slots that somebody has */
	PyObject *open;      /* the Slot or Batch that is open; borrowed; NULL: none */
	bool doomed;         /* give it back unsent, unread, with the last of the buffers */
	bool kept;           /* a single message was given back unread, nothing received since */
};

/*
 * A queue's handle, a member of a group, or both: a Consumer with a group receives
 * through c, and q is its own. A Member has no q, but a parent.
 */
typedef struct handle {
	PyObject_HEAD
	nabd_t *q;             /* NULL: closed, or a Member */
	nabd_consumer_t *c;    /* NULL: none */
	struct side tx, rx;
	bool closing;          /* somebody waits in close() for the sides to be left */
	bool overwrite;
	unsigned flags;        /* that the queue was opened with */
	uint32_t slots;
	Py_ssize_t members;    /* Members that need it, for joining or for dead letters */
	PyObject *parent;      /* of a Member: its Queue */
	PyObject *letters;     /* Queue that dead letters are sent to, or NULL */
	PyObject *dead_letter; /* called with each, or NULL */
	PyObject *high, *low, *full;
	struct handle *next, **link; /* all of them, for fork */
} Handle;

/* A reserved slot or a peeked message; alone, or one of a batch. */
typedef struct {
	PyObject_HEAD
	Handle *h;
	PyObject *batch;  /* strong, NULL: alone */
	PyObject *view;   /* what `with` gave, to be released; NULL: none */
	char *data;
	size_t len;
	Py_ssize_t exports;
	uint64_t sequence;
	uint32_t flags, deliveries;
	bool received;    /* a message, read-only */
} Slot;

typedef struct {
	PyObject_HEAD
	Handle *h;
	size_t n, len;
	void **slots;          /* what was reserved, or NULL */
	struct nabd_msg *msgs; /* what was peeked at, or NULL */
	bool received;
} Batch;

extern PyTypeObject *queue_type, *member_type, *handle_type;
extern Handle *all_handles;

/* error.c */
int error_setup(void);
PyObject *raise_code(Handle *h, int rc);
PyObject *raise_state(const char *text);
PyObject *raise_closed(void);
PyObject *raise_with(Handle *h, int rc, const char *attribute, unsigned long long value);
void tell_raised(const char *attribute, unsigned long long value);
PyObject *error_instance(int rc);

/* args.c */
bool read_timeout(PyObject *o, int64_t *ns);
bool read_size(PyObject *o, size_t *value);
bool read_u32(PyObject *o, uint32_t *value);
bool read_seconds(PyObject *o, uint64_t *ns);
int arg_u32(PyObject *o, void *value);
int arg_u64(PyObject *o, void *value);
bool read_fast(const char *name, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames,
	       Py_ssize_t wanted, int64_t *timeout);
PyObject *path_bytes(PyObject *o);

/* wait.c */
typedef int (*step_t)(Handle *h, void *arg, int64_t ns);
int wait_call(Handle *h, struct side *s, step_t step, void *arg, int64_t timeout, int *rc);
bool side_refused(Handle *h, struct side *s);
bool leave_sides(Handle *h);
int64_t monotonic_ns(void);
int64_t left_of(int64_t timeout, int64_t began);

static inline bool side_enter(Handle *h, struct side *s)
{
	if (unlikely(s->busy != 0))
		return side_refused(h, s);
	s->busy = PyThread_get_thread_ident();
	return true;
}

static inline void side_leave(struct side *s)
{
	s->busy = 0;
}

/* handle.c */
int handle_types(PyObject *module);
PyObject *handle_close(Handle *h);
PyObject *after_fork(PyObject *module, PyObject *none);

/* slot.c */
int slot_types(PyObject *module);
bool slot_is_live(const Slot *s);
extern PyGetSetDef reservation_getset[], message_getset[];
PyObject *slot_new(Handle *h, bool received, void *data, size_t len);
PyObject *slot_of_batch(Batch *b, Py_ssize_t i);
int side_settle(Handle *h, struct side *s);
struct side *slot_side(Handle *h, bool received);
int view_release(PyObject **view);
PyObject *message_again(Handle *h);
int message_hide(Handle *h);

/* batch.c */
int batch_types(PyObject *module);
bool is_batch(PyObject *o);
Batch *batch_new(Handle *h, bool received, size_t room);

/* letters.c: leave it to those who send dead letters through another handle */
bool rx_enter(Handle *h);
void rx_leave(Handle *h);
int dead_letter_call(const struct nabd_msg *msg, void *arg);

/* Methods, in tables that end with NULL. */
extern PyMethodDef send_methods[], send_batch_methods[], reserve_many_methods[];
extern PyMethodDef receive_methods[];
extern PyMethodDef receive_batch_methods[], look_methods[], group_methods[], member_methods[];
extern PyMethodDef member_look_methods[], state_methods[];
extern PyMethodDef checkpoint_methods[], pressure_methods[], ready_methods[];
extern PyMethodDef file_functions[], look_functions[], ready_functions[], pressure_functions[];

/* look.c */
int look_setup(PyObject *module);
enum kind { U32, I32, U64, F64, BYTES16 };
struct field {
	const char *name;
	size_t offset;
	enum kind kind;
};
PyObject *fields_tuple(const void *from, const struct field *fields);

int add_fields(PyObject *module, const char *name, const struct field *fields);

/* latency.c */
int latency_types(PyObject *module);
PyObject *message_time(Handle *h, const struct nabd_msg *msg);
extern PyMethodDef latency_methods[];

/* constants.c */
int constants_setup(PyObject *module);

/* pressure.c */
int pressure_types(PyObject *module);

#endif
