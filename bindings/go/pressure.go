// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"time"
	"unsafe"
)

// Backpressure is whom to tell as the queue fills: OnHigh once when the fill of the slowest group
// has come to High percent, and not again before OnLow, which is once when it has come down to
// Low; OnFull once each time that no slot is free. Any may be nil.
//
// They run in the goroutine of the sending call that finds it so, when that call has done its
// work and nothing is lent any more: they may call whatever they like, and may panic. Of a queue
// for dead letters it may be a receiving call of a member, which has received nothing as yet.
type Backpressure struct {
	High, Low             int
	OnHigh, OnLow, OnFull func()
}

// SetBackpressure sets the watermarks and functions; nil takes them away.
func (q *Queue) SetBackpressure(bp *Backpressure) error {
	if err := q.lockTx(); err != nil {
		return err
	}
	defer q.unlockTx()
	if bp == nil {
		if rc := C.nabd_set_backpressure(q.h, nil); rc != C.NABD_OK {
			return errOf(rc)
		}
		q.tx.told = nil
		return nil
	}
	odd := false
	high, low := narrow(int64(bp.High), &odd), narrow(int64(bp.Low), &odd)
	if odd {
		return ErrInvalid
	}
	if q.tx.events == nil {
		var events C.struct_nabdgo_events
		q.tx.events = (*C.struct_nabdgo_events)(calloc(1, unsafe.Sizeof(events)))
		if q.tx.events == nil {
			return ErrNoMem
		}
	}
	rc := C.nabdgo_set_backpressure(q.h, q.tx.events, high, low)
	if rc != C.NABD_OK {
		return errOf(rc)
	}
	told := *bp
	q.tx.told = &told
	return nil
}

// due is whether somebody is to be told now. As long as a slot is lent nobody is: the program
// could not send then, and would keep the slot for ever if it panicked.
func (q *Queue) due() bool {
	return q.tx.events != nil && q.tx.events.n != 0 && q.tx.lent == lentNone
}

// tell calls all of them, also if one panics or ends the goroutine.
func tell(events []func()) {
	if len(events) > 0 {
		defer tell(events[1:])
		events[0]()
	}
}

// leaveTx ends a sending call and tells whom to call now.
func (q *Queue) leaveTx() (events []func()) {
	defer q.tx.mu.Unlock()
	if !q.due() {
		return nil
	}
	for _, what := range q.tx.events.what[:q.tx.events.n] {
		var event func()
		switch told := q.tx.told; {
		case told == nil:
		case what == 'h':
			event = told.OnHigh
		case what == 'l':
			event = told.OnLow
		default:
			event = told.OnFull
		}
		if event != nil {
			events = append(events, event)
		}
	}
	q.tx.events.n = 0
	return events
}

// Pressured is whether OnHigh was due and OnLow not since. It looks, and calls them if that has
// changed.
func (q *Queue) Pressured() (bool, error) {
	if err := q.lockTx(); err != nil {
		return false, err
	}
	rc := C.nabd_is_pressured(q.h)
	q.unlockTx()
	return rc == 1, errOf(rc)
}

// BackoffOptions is how long to wait between tries: Retries after the first, from Base, each time
// twice as long, up to Cap.
type BackoffOptions struct {
	Retries   uint32
	Base, Cap time.Duration
}

// DefaultBackoff is 16 retries, from 1 µs to 10 ms.
var DefaultBackoff = BackoffOptions{Retries: 16, Base: time.Microsecond, Cap: 10 * time.Millisecond}

// A Backoff is the state of a loop of tries; for one goroutine.
type Backoff struct{ state C.nabd_backoff_t }

// NewBackoff begins a loop of tries. ErrInvalid: a delay is out of its range.
func NewBackoff(o BackoffOptions) (*Backoff, error) {
	var opts C.struct_nabd_backoff_opts
	opts.size = C.uint32_t(unsafe.Sizeof(opts))
	opts.retries = C.uint32_t(o.Retries)
	opts.base_ns, opts.cap_ns = C.uint64_t(o.Base), C.uint64_t(o.Cap)
	if o.Base < 0 || o.Cap < 0 {
		return nil, ErrInvalid
	}
	b := new(Backoff)
	if rc := C.nabd_backoff_begin(&b.state, &opts); rc != C.NABD_OK {
		return nil, errOf(rc)
	}
	return b, nil
}

// Wait waits before the next try; ErrTimeout, at once, if that was the last. It holds a thread
// for the delay, Cap at most.
func (b *Backoff) Wait() error { return errOf(C.nabd_backoff_wait(&b.state)) }

// PushBackoff is Push, again and again while the queue is full, with longer and longer delays;
// then ErrFull. To wait for a slot as such, Send is better: it is woken.
func (q *Queue) PushBackoff(data []byte, o BackoffOptions) error {
	b, err := NewBackoff(o)
	if err != nil {
		return err
	}
	for {
		if err := q.Push(data); err != error(ErrFull) {
			return err
		}
		if b.Wait() != nil {
			return ErrFull
		}
	}
}
