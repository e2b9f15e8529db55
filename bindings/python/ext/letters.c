/* SPDX-License-Identifier: MIT */
/*
 * Entering the receiving side. A member that sends dead letters to another queue is the
 * sender of that one meanwhile; and a function for dead letters is called by the library
 * from within a receiving call, with or without the GIL.
 */
#include "nabdpy.h"

static PyObject *letter_type; /* nabd._types.DeadLetter */

bool rx_enter(Handle *h)
{
	Handle *to = (Handle *)h->letters;

	if (unlikely(h->rx.open != NULL)) {
		raise_state("a message is open: release it first");
		return false;
	}
	if (!side_enter(h, &h->rx))
		return false;
	h->rx.kept = false;
	if (likely(to == NULL))
		return true;
	if (to->tx.open)
		raise_state("the queue of its dead letters has a reservation open");
	else if (side_enter(to, &to->tx))
		return true;
	side_leave(&h->rx);
	return false;
}

void rx_leave(Handle *h)
{
	side_leave(&h->rx);
	if (unlikely(h->letters != NULL))
		side_leave(&((Handle *)h->letters)->tx);
}

static PyObject *letter_of(const struct nabd_msg *msg)
{
	if (letter_type == NULL) {
		PyObject *module = PyImport_ImportModule("nabd._types");

		letter_type = module ? PyObject_GetAttrString(module, "DeadLetter") : NULL;
		Py_XDECREF(module);
	}
	if (letter_type == NULL)
		return NULL;
	return PyObject_CallFunction(letter_type, "y#KIO", msg->data ? msg->data : "",
				     (Py_ssize_t)msg->len, (unsigned long long)msg->sequence,
				     (unsigned)msg->deliveries,
				     msg->flags & NABD_MSG_REDELIVERED ? Py_True : Py_False);
}

/* 0: taken care of. Not so if it answers False, or fails. */
int dead_letter_call(const struct nabd_msg *msg, void *arg)
{
	const PyGILState_STATE gil = PyGILState_Ensure();
	Handle *h = arg;
	PyObject *function = Py_XNewRef(h->dead_letter), *letter, *answer = NULL;
	int refused = 1;

	if (function) {
		letter = letter_of(msg);
		answer = letter ? PyObject_CallFunctionObjArgs(function, letter, NULL) : NULL;
		Py_XDECREF(letter);
		if (answer)
			refused = answer == Py_False;
		else
			PyErr_WriteUnraisable(function);
	}
	Py_XDECREF(answer);
	Py_XDECREF(function);
	PyGILState_Release(gil);
	return refused;
}
