/* SPDX-License-Identifier: MIT */
/*
 * Waiting without the GIL, in slices: after each the main thread runs the handlers of
 * signals, so that Ctrl-C works, and a close() of another thread is noticed.
 */
#include "nabdpy.h"

#include <time.h>

int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* What is left of a timeout; not less than nothing. */
int64_t left_of(int64_t timeout, int64_t began)
{
	const int64_t left = timeout - (monotonic_ns() - began);

	return left > 0 ? left : 0;
}

bool side_refused(Handle *h, struct side *s)
{
	if (h->closing)
		raise_closed();
	else if (s->busy == PyThread_get_thread_ident())
		raise_state("this side is in a call: one of its callbacks is running");
	else
		raise_state("this side of the handle is in use by another thread");
	return false;
}

static bool again_enter(Handle *h, struct side *s)
{
	return s == &h->rx ? rx_enter(h) : side_enter(h, s);
}

static void for_now_leave(Handle *h, struct side *s)
{
	if (s == &h->rx)
		rx_leave(h);
	else
		side_leave(s);
}

/*
 * The side has been entered, by rx_enter() if it receives, and is so afterwards if this
 * answers 0, with the library's answer in *rc; after -1 an exception is set, and it is left.
 *
 * The handlers of signals are Python code that may use the handle, or close it: the side
 * is free meanwhile. So step must look at the handle anew each time.
 */
int wait_call(Handle *h, struct side *s, step_t step, void *arg, int64_t timeout, int *rc)
{
	const int64_t end = timeout < 0 ? INT64_MAX : monotonic_ns() + timeout;
	int64_t left = timeout < 0 ? INT64_MAX : timeout;

	for (;;) {
		const int64_t slice = left < SLICE_NS ? left : SLICE_NS;
		int saved;

		Py_BEGIN_ALLOW_THREADS
		*rc = step(h, arg, slice);
		saved = errno;
		Py_END_ALLOW_THREADS
		errno = saved;
		if (h->closing && (*rc == NABD_TIMEOUT || *rc == NABD_WOKEN)) {
			for_now_leave(h, s);
			raise_closed();
			return -1;
		}
		if (*rc != NABD_TIMEOUT)
			return 0;
		for_now_leave(h, s);
		if (PyErr_CheckSignals() < 0 || !again_enter(h, s))
			return -1;
		if (timeout >= 0) {
			left = end - monotonic_ns();
			if (left <= 0)
				return 0;
		}
	}
}

/* Waits until no thread is inside of either side; not for one's own. */
bool leave_sides(Handle *h)
{
	const unsigned long me = PyThread_get_thread_ident();
	const struct timespec pause = {.tv_nsec = 200000};

	if (h->tx.busy == me || h->rx.busy == me) {
		raise_state("it can't be closed by one of its own callbacks");
		return false;
	}
	h->closing = true;
	while (h->tx.busy != 0 || h->rx.busy != 0) {
		if (h->c)
			(void)nabd_consumer_wake(h->c);
		if (h->q)
			(void)nabd_wake(h->q);
		Py_BEGIN_ALLOW_THREADS
		nanosleep(&pause, NULL);
		Py_END_ALLOW_THREADS
		if (PyErr_CheckSignals() < 0) {
			h->closing = false;
			return false;
		}
	}
	h->closing = false;
	return true;
}
