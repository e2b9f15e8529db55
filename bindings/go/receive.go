// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"context"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A Msg is a message. Data that is in place, which is what a function is given and PeekMsg gives,
// is the queue's memory: it must not be written to (the process would be killed, or others
// harmed), is void once the message is released, and may be changed at any time by a
// process that has the right to write to the queue and does not keep to its rules. Who
// does not trust those who may open the queue copies first and checks the copy; Pop and
// Recv copy.
type Msg struct {
	Data        []byte
	Sequence    uint64 // counts the queue's messages, from 0
	Deliveries  int    // how often a member was given it, with this time, at least
	Redelivered bool   // another held it and died, or gave it back
}

// receiver is what a Queue and a Member have in common: receiving. c is nil for a Queue.
type receiver struct {
	mu      sync.Mutex
	q       *C.nabd_t
	c       *C.nabd_consumer_t
	queue   *Queue // whose state is asked for when a wait asks for an end
	life    *life
	finish  func() error
	untold  atomic.Pointer[error] // what a close has answered that nobody was told of
	lent    int
	letting atomic.Bool // a function of the program judges a dead letter
	letters *Queue      // where dead letters are sent, or nil
	letter  *letterBox
	wait    waiter
	room    int // entries of msgs
	msgs    *C.struct_nabd_msg
	view    []Msg
	scratch []byte
}

func (r *receiver) free() {
	C.free(unsafe.Pointer(r.msgs))
	r.msgs, r.room, r.scratch, r.view = nil, 0, nil, nil
}

// lock begins a receiving call. Within the function for dead letters it would be for ever.
func (r *receiver) lock() error {
	if r == nil {
		return ErrInvalid
	}
	if !r.enter() {
		return ErrState
	}
	if r.life == nil || r.life.closed.Load() || (r.q == nil && r.c == nil) {
		r.mu.Unlock()
		return r.isClosed()
	}
	if r.letters != nil {
		r.letters.tx.mu.Lock()
	}
	return nil
}

// isClosed is ErrClosed, but once what a close answered that nobody was told of.
func (r *receiver) isClosed() error {
	if untold := r.untold.Swap(nil); untold != nil {
		return *untold
	}
	return ErrClosed
}

func (r *receiver) enter() bool {
	if !r.mu.TryLock() {
		if r.letting.Load() {
			return false
		}
		r.mu.Lock()
	}
	return true
}

// unlock ends a receiving call. What the program's functions are told or have panicked with comes
// when nothing is locked any more.
func (r *receiver) unlock() {
	if r.letters == nil && r.letter == nil {
		r.mu.Unlock()
		return
	}
	r.unlockLetters()
}

func (r *receiver) unlockLetters() {
	var events []func()
	var panicked any
	if r.letters != nil {
		events = r.letters.leaveTx()
	}
	if r.letter != nil {
		panicked = r.letter.panicked()
	}
	r.mu.Unlock()
	if r.life.closed.Load() {
		// Close has left it to us, if it came while the function ran. What it answers is told by
		// the next call: this one may have a message to give.
		r.finish()
	}
	if panicked != nil {
		panic(panicked)
	}
	tell(events)
}

// careful is whether a function of the program may be due at the end of this receiving call. It
// may panic or end its goroutine, with which a message that was received would be lost.
func (r *receiver) careful() bool {
	return r.letter != nil || (r.letters != nil && r.letters.tx.told != nil)
}

// due is whether one is.
func (r *receiver) due() bool {
	if r.letter != nil {
		return r.letter.panics()
	}
	return r.letters != nil && r.letters.due()
}

func (r *receiver) popInto(buf []byte, ns int64) (int, error) {
	if err := r.lock(); err != nil {
		return 0, err
	}
	if r.lent != lentNone {
		r.unlock()
		return 0, ErrState
	}
	if r.careful() {
		return r.popSafely(ns, func(msg Msg) (int, error) {
			if len(msg.Data) > len(buf) {
				return len(msg.Data), ErrBuffer
			}
			return copy(buf, msg.Data), nil
		})
	}
	res := callPop(r, uintptr(pointer(buf)), len(buf), ns)
	r.unlock()
	if res.rc == C.NABD_OK {
		return int(res.n), nil
	}
	if res.rc == C.NABD_BUFFER {
		return int(res.n), ErrBuffer
	}
	return 0, answer(res, "nabd_pop")
}

// popSafely is for those who are careful: it takes the next message when no function is due, and
// calls those first. It ends the call that the caller has begun.
func (r *receiver) popSafely(ns int64, take func(Msg) (int, error)) (int, error) {
	for {
		n, again, err := r.popUnlessDue(ns, take)
		if !again {
			return n, err
		}
		if err := r.lock(); err != nil {
			return 0, err
		}
		if r.lent != lentNone {
			r.unlock()
			return 0, ErrState
		}
	}
}

func (r *receiver) popUnlessDue(ns int64, take func(Msg) (int, error)) (n int, again bool,
	err error) {
	defer r.unlock()
	if err := r.look(1, ns); err != nil {
		return 0, false, err
	}
	if again = r.due(); !again {
		n, err = take(r.view[0])
	}
	if again || err != nil {
		C.nabdgo_release(idOf(r.q), memberOf(r.c), 0)
		return n, again, err
	}
	return n, false, answer(C.nabdgo_release(idOf(r.q), memberOf(r.c), 1), "nabd_release_batch")
}

// PopInto receives a copy of the next message into buf and tells its length, or answers ErrEmpty
// at once. After ErrBuffer the length is that of the message, which stays.
func (r *receiver) PopInto(buf []byte) (int, error) { return r.popInto(buf, now) }

// RecvInto is PopInto that waits for a message, until the context is done. A message that is
// there is received even if the context is done already.
func (r *receiver) RecvInto(ctx context.Context, buf []byte) (n int, err error) {
	if n, err = r.popInto(buf, now); err != error(ErrEmpty) {
		return n, err
	}
	err = r.await(ctx, func(ns int64) (err error) {
		n, err = r.popInto(buf, ns)
		return err
	})
	return n, err
}

func (r *receiver) pop(ns int64) ([]byte, error) {
	if err := r.lock(); err != nil {
		return nil, err
	}
	if r.lent != lentNone {
		r.unlock()
		return nil, ErrState
	}
	if r.careful() {
		var data []byte
		_, err := r.popSafely(ns, func(msg Msg) (int, error) {
			data = append([]byte{}, msg.Data...)
			return len(data), nil
		})
		if err != nil {
			return nil, err
		}
		return data, nil
	}
	defer r.unlock()
	if r.scratch == nil {
		r.scratch = make([]byte, 1024)
	}
	for {
		res := callPop(r, uintptr(pointer(r.scratch)), len(r.scratch), ns)
		if res.rc == C.NABD_OK {
			return append(make([]byte, 0, int(res.n)), r.scratch[:res.n]...), nil
		}
		if res.rc != C.NABD_BUFFER {
			return nil, answer(res, "nabd_pop")
		}
		r.scratch = make([]byte, int(res.n))
	}
}

// Pop receives a copy of the next message, or answers ErrEmpty at once.
func (r *receiver) Pop() ([]byte, error) { return r.pop(now) }

// Recv is Pop that waits for a message, until the context is done. A message that is there is
// received even if the context is done already.
func (r *receiver) Recv(ctx context.Context) (data []byte, err error) {
	if data, err = r.pop(now); err != error(ErrEmpty) {
		return data, err
	}
	err = r.await(ctx, func(ns int64) (err error) {
		data, err = r.pop(ns)
		return err
	})
	return data, err
}
