// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"os"
	"sync"
	"sync/atomic"
	"unsafe"
)

// life is whether a handle is open, for all who wait on it.
type life struct {
	closed atomic.Bool
	done   chan struct{} // closed by Close
	mu     sync.Mutex
	files  map[*os.File]bool // of those in WaitAny
}

func newLife() *life { return &life{done: make(chan struct{})} }

func (l *life) watch(f *os.File) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.files == nil {
		l.files = make(map[*os.File]bool)
	}
	l.files[f] = true
}

func (l *life) unwatch(f *os.File) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.files, f)
}

// over wakes those who wait, when closed has been set.
func (l *life) over() {
	close(l.done)
	l.mu.Lock()
	defer l.mu.Unlock()
	for f := range l.files {
		f.SetReadDeadline(past)
	}
}

// What is lent to the program of a side; one thing at a time.
const (
	lentNone  = iota
	lentOne   // by Slot or PeekMsg, until it is given back by a call
	lentBatch // by Slots or PeekMsgs
	lentFunc  // to a function that runs
)

// A Queue is a handle on a queue. All its methods may be called by any goroutine at any time:
// calls of one side follow each other, those of the two sides and those that look run
// beside each other. While a message or slot is lent to a function, or by Slot, Slots, PeekMsg
// or PeekMsgs, other calls of that side answer ErrState.
//
// A forked child could not use it (ErrForked), but a Go program has no way to go on in one.
type Queue struct {
	receiver
	tx     sender
	look   sync.RWMutex // held by those who look; h is written under all three
	h      *C.nabd_t
	flags  C.uint
	slots  uint32
	size   uint32
	guests atomic.Int32 // open members that were joined through it, or send dead letters to it
	inside atomic.Int32 // the same, and those that were closed while something was lent by them
}

// Open opens the queue of that name, and with [Create] makes it if it is not there. Without
// [Producer] and [Consumer] it may only be looked at. It has to be closed.
func Open(name string, options ...Option) (*Queue, error) {
	const op = "nabd_open_opts"
	if versionError != nil {
		return nil, versionError
	}
	c := configOf(options)
	if !fine(name) {
		return nil, &Error{Op: op, Name: name, Err: ErrName}
	}
	opts, free, err := c.native()
	if err != nil {
		return nil, &Error{Op: op, Name: name, Err: ErrInvalid}
	}
	defer free()
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))

	q := &Queue{flags: c.flags}
	rc, errno := C.nabd_open_opts(cname, c.slots, c.size, c.flags, &opts, &q.h)
	if err := named(rc, errno, op, name); err != nil {
		return nil, err
	}
	var stats C.struct_nabd_stats
	stats.size = C.uint32_t(unsafe.Sizeof(stats))
	rc, errno = C.nabd_stats(q.h, &stats)
	if err := named(rc, errno, "nabd_stats", name); err != nil {
		C.nabd_close(q.h)
		return nil, err
	}
	q.slots, q.size = uint32(stats.slots), uint32(stats.slot_size)
	q.begin()
	if c.wait != nil {
		if err := q.SetWait(*c.wait); err != nil {
			q.Close()
			return nil, err
		}
	}
	return q, nil
}

func (q *Queue) begin() {
	q.life = newLife()
	q.finish = q.end
	q.receiver.q = q.h
	q.queue = q
	q.wait.begin()
	q.tx.wait.begin()
}

// Slots is how many slots the queue has.
func (q *Queue) SlotCount() int { return int(q.slots) }

// SlotSize is the longest message in bytes.
func (q *Queue) SlotSize() int { return int(q.size) }

// Close gives the handle's roles back and unmaps the queue, which stays with what it holds. Calls
// that wait end with ErrClosed, and so does every later one, a second Close too. What is lent is
// not taken away: the queue is unmapped when the functions that hold a message or slot have
// returned and Commit, Abort, Release or Keep has been called, which may still be done.
//
// It answers ErrState, and does nothing, as long as a member is open that was joined through it
// or sends its dead letters to it.
func (q *Queue) Close() error {
	if q == nil || q.life == nil {
		return ErrClosed
	}
	q.look.Lock()
	if q.life.closed.Load() {
		q.look.Unlock()
		return ErrClosed
	}
	if q.guests.Load() > 0 {
		q.look.Unlock()
		return ErrState
	}
	q.life.closed.Store(true)
	q.look.Unlock()
	q.life.over()
	q.wait.interrupt()
	q.tx.wait.interrupt()
	return q.end()
}

// end is the close itself, once it was asked for and nothing is lent any more, by members
// neither.
func (q *Queue) end() error {
	q.look.Lock()
	defer q.look.Unlock()
	q.tx.mu.Lock()
	defer q.tx.mu.Unlock()
	q.receiver.mu.Lock()
	defer q.receiver.mu.Unlock()
	if q.h == nil || q.inside.Load() > 0 || q.tx.lent != lentNone ||
		q.receiver.lent != lentNone {
		return nil
	}
	q.wait.end()
	q.tx.wait.end()
	rc, errno := C.nabd_close(q.h)
	q.h, q.receiver.q = nil, nil
	q.receiver.free()
	q.tx.free()
	return named(rc, errno, "nabd_close", "")
}

// looking is for calls that run beside all others but the close.
func (q *Queue) looking() (*C.nabd_t, error) {
	if q == nil {
		return nil, ErrInvalid
	}
	q.look.RLock()
	if q.h == nil || q.life.closed.Load() {
		q.look.RUnlock()
		return nil, ErrClosed
	}
	return q.h, nil
}

func (q *Queue) ask(op string, question func(*C.nabd_t) (C.int, error)) (int, error) {
	h, err := q.looking()
	if err != nil {
		return 0, err
	}
	defer q.look.RUnlock()
	rc, errno := question(h)
	return int(rc), named(rc, errno, op, "")
}

// Empty is whether nothing waits: for the default group on a handle with Consumer, for all
// groups together on any other.
func (q *Queue) Empty() (bool, error) {
	n, err := q.ask("nabd_empty", func(h *C.nabd_t) (C.int, error) {
		rc, errno := C.nabd_empty(h)
		return rc, errno
	})
	return n == 1, err
}

// Full is whether no slot is free.
func (q *Queue) Full() (bool, error) {
	n, err := q.ask("nabd_full", func(h *C.nabd_t) (C.int, error) {
		rc, errno := C.nabd_full(h)
		return rc, errno
	})
	return n == 1, err
}

// FillLevel is how full the queue is for the slowest group, in percent.
func (q *Queue) FillLevel() (int, error) {
	return q.ask("nabd_fill_level", func(h *C.nabd_t) (C.int, error) {
		rc, errno := C.nabd_fill_level(h)
		return rc, errno
	})
}

// MinTail is the sequence of the oldest message that some group still holds.
func (q *Queue) MinTail() (uint64, error) {
	var sequence C.uint64_t
	_, err := q.ask("nabd_min_tail",
		func(h *C.nabd_t) (C.int, error) {
			rc, errno := C.nabd_min_tail(h, &sequence)
			return rc, errno
		})
	return uint64(sequence), err
}

// Wake ends the wait that runs on each side with ErrWoken, or else the next one there.
func (q *Queue) Wake() error {
	_, err := q.ask("nabd_wake", func(h *C.nabd_t) (C.int, error) {
		rc, errno := C.nabd_wake(h)
		return rc, errno
	})
	return err
}

// Drop removes a group, 1 to 16. Its members are told ErrDropped.
func (q *Queue) Drop(group int) error {
	_, err := q.ask("nabd_group_drop",
		func(h *C.nabd_t) (C.int, error) {
			rc, errno := C.nabd_group_drop(h, groupOf(group))
			return rc, errno
		})
	return err
}

// Lost is how many messages of the default group were overwritten before they were read: the
// last ErrLapped was about gap of them, and there were total since the handle was opened.
func (q *Queue) Lost() (gap, total uint64, err error) {
	if err = q.lock(); err != nil {
		return 0, 0, err
	}
	defer q.unlock()
	var g, t C.uint64_t
	rc, errno := C.nabd_lost(q.h, &g, &t)
	return uint64(g), uint64(t), named(rc, errno, "nabd_lost", "")
}
