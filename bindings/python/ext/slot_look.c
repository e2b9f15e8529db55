/* SPDX-License-Identifier: MIT */
/* What Reservations and Messages tell of themselves. */
#include "nabdpy.h"

static PyObject *slot_view(PyObject *self, void *closure)
{
	(void)closure;
	return PyMemoryView_FromObject(self);
}

static PyObject *slot_live(PyObject *self, void *closure)
{
	(void)closure;
	return PyBool_FromLong(slot_is_live((Slot *)self));
}

static PyObject *slot_sequence(PyObject *self, void *closure)
{
	(void)closure;
	return PyLong_FromUnsignedLongLong(((Slot *)self)->sequence);
}

/* As long as it is in place. */
static PyObject *slot_sent(PyObject *self, void *closure)
{
	const Slot *s = (Slot *)self;
	const struct nabd_msg msg = {.data = s->data, .sequence = s->sequence,
				     .len = (uint32_t)s->len, .flags = s->flags,
				     .deliveries = s->deliveries};

	(void)closure;
	if (!slot_is_live(s))
		return raise_state("the message was given back");
	return message_time(s->h, &msg);
}

static PyObject *slot_deliveries(PyObject *self, void *closure)
{
	(void)closure;
	return PyLong_FromUnsignedLong(((Slot *)self)->deliveries);
}

static PyObject *slot_redelivered(PyObject *self, void *closure)
{
	(void)closure;
	return PyBool_FromLong((((Slot *)self)->flags & NABD_MSG_REDELIVERED) != 0);
}

PyGetSetDef reservation_getset[] = {
	{"view", slot_view, NULL, "a writable memoryview", NULL},
	{"open", slot_live, NULL, "whether it is neither sent nor given back", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

PyGetSetDef message_getset[] = {
	{"view", slot_view, NULL, "a read-only memoryview", NULL},
	{"open", slot_live, NULL, "whether it is not released", NULL},
	{"sequence", slot_sequence, NULL, "counts the queue's messages, from 0", NULL},
	{"sent_ns", slot_sent, NULL, "when it was sent: CLOCK_MONOTONIC", NULL},
	{"deliveries", slot_deliveries, NULL, "how often it was delivered, with this time", NULL},
	{"redelivered", slot_redelivered, NULL, "another held it and died, or gave it back", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};
