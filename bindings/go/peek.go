// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"context"
	"unsafe"
)

// look fills r.view with up to max messages.
func (r *receiver) look(max int, ns int64) error {
	if slots := int(r.queue.slots); max > slots {
		max = slots
	}
	if max > r.room {
		var msg C.struct_nabd_msg
		C.free(unsafe.Pointer(r.msgs))
		r.room = 0
		r.msgs = (*C.struct_nabd_msg)(calloc(max, unsafe.Sizeof(msg)))
		if r.msgs == nil {
			return ErrNoMem
		}
		r.room = max
	}
	msgsAt := C.uintptr_t(uintptr(unsafe.Pointer(r.msgs)))
	res := C.nabdgo_peek(idOf(r.q), memberOf(r.c), msgsAt, C.size_t(max), C.int64_t(ns))
	if res.rc != C.NABD_OK {
		return answer(res, "nabd_peek_batch")
	}
	msgs := unsafe.Slice(r.msgs, int(res.n))
	if cap(r.view) < len(msgs) {
		r.view = make([]Msg, r.room)
	}
	r.view = r.view[:len(msgs)]
	for i := range r.view {
		r.view[i].set(&msgs[i])
	}
	return nil
}

// peek looks at up to max messages and lends them.
func (r *receiver) peek(max, how int, ns int64) ([]Msg, error) {
	if max <= 0 {
		return nil, ErrInvalid
	}
	for {
		msgs, err := r.lend(max, how, ns)
		if msgs != nil || err != nil {
			return msgs, err
		}
	}
}

// lend is a try of peek: neither messages nor an error if functions of the program came first.
func (r *receiver) lend(max, how int, ns int64) ([]Msg, error) {
	if err := r.lock(); err != nil {
		return nil, err
	}
	defer r.unlock()
	if r.lent == lentOne && how == lentOne {
		// The same once more: it is the first again when it has been put back.
		if res := C.nabdgo_release(idOf(r.q), memberOf(r.c), 0); res.rc != C.NABD_OK {
			return nil, answer(res, "nabd_release_batch")
		}
		r.lent = lentNone
	}
	if r.lent != lentNone {
		return nil, ErrState
	}
	if err := r.look(max, ns); err != nil {
		return nil, err
	}
	if r.due() {
		C.nabdgo_release(idOf(r.q), memberOf(r.c), 0)
		return nil, nil // unlock calls them, or panics
	}
	r.lent = how
	if how == lentFunc {
		return r.view, nil // only one function has it at a time
	}
	return append([]Msg(nil), r.view...), nil
}

// set writes where it lies: a message is as long as it is copied.
func (msg *Msg) set(m *C.struct_nabd_msg) {
	msg.Data = unsafe.Slice((*byte)(m.data), int(m.len))
	msg.Sequence = uint64(m.sequence)
	msg.Deliveries = int(m.deliveries)
	msg.Redelivered = m.flags&C.NABD_MSG_REDELIVERED != 0
}

func (r *receiver) peekWait(ctx context.Context, max, how int) (msgs []Msg, err error) {
	if msgs, err = r.peek(max, how, now); err != error(ErrEmpty) {
		return msgs, err
	}
	err = r.await(ctx, func(ns int64) (err error) {
		msgs, err = r.peek(max, how, ns)
		return err
	})
	return msgs, err
}

func first(msgs []Msg, err error) (Msg, error) {
	if err != nil {
		return Msg{}, err
	}
	return msgs[0], nil
}

// back ends a look, or tries to.
func (r *receiver) back(how int, op string, call func() C.nabdgo_result) error {
	if r == nil {
		return ErrInvalid
	}
	if !r.enter() {
		return ErrState
	}
	if r.q == nil && r.c == nil {
		r.mu.Unlock()
		return r.isClosed()
	}
	if r.lent != how {
		r.mu.Unlock()
		return ErrState
	}
	res := call()
	switch res.rc {
	case C.NABD_OK, C.NABD_LAPPED, C.NABD_DROPPED, C.NABD_EVICTED:
		r.lent = lentNone
	}
	closed := r.life.closed.Load() && r.lent == lentNone
	r.mu.Unlock()
	err := answer(res, op)
	if closed {
		failed := r.finish()
		if err == nil {
			err = failed
			r.untold.Store(nil)
		}
	}
	return err
}

func (r *receiver) release(how, n int) error {
	return r.back(how, "nabd_release_batch", func() C.nabdgo_result {
		return C.nabdgo_release(idOf(r.q), memberOf(r.c), C.size_t(n))
	})
}

// undo has what is lent delivered again, by which the group counts one delivery more.
func (r *receiver) undo(how int) {
	if r.c != nil {
		err := r.back(how, "nabd_consumer_nack", func() C.nabdgo_result {
			return C.nabdgo_nack(r.c)
		})
		if err == nil {
			return
		}
	}
	r.release(how, 0)
}

// Peek lets fn look at the next message in place, or answers ErrEmpty at once. When fn answers
// nil the message is released: it is done. When it answers an error, or panics, the
// message is not done: of a Queue it stays the next one; of a Member it is given back to
// the group (see [Member.Nack]), whose members will have it again, counted and marked as
// redelivered. The message is void when fn has returned.
//
// ErrLapped after fn has answered nil: the message was overwritten meanwhile, and what fn has
// read of it may be torn.
func (r *receiver) Peek(fn func(Msg) error) error {
	msg, err := first(r.peek(1, lentFunc, now))
	if err != nil {
		return err
	}
	return r.serve(msg, fn)
}

// PeekContext is Peek that waits for a message, until the context is done.
func (r *receiver) PeekContext(ctx context.Context, fn func(Msg) error) error {
	msg, err := first(r.peekWait(ctx, 1, lentFunc))
	if err != nil {
		return err
	}
	return r.serve(msg, fn)
}

func (r *receiver) serve(msg Msg, fn func(Msg) error) error {
	served := false
	defer func() {
		if !served {
			r.undo(lentFunc)
		}
	}()
	if err := fn(msg); err != nil {
		return err
	}
	served = true
	return r.release(lentFunc, 1)
}

// PeekBatch lets fn look at up to max messages in place, in order. It answers how many of them,
// from the first on, are done; the others are the next ones again. After an error or a panic it
// is with all of them as with the one of Peek. The slice of messages is void then, too.
func (r *receiver) PeekBatch(max int, fn func([]Msg) (int, error)) (int, error) {
	msgs, err := r.peek(max, lentFunc, now)
	if err != nil {
		return 0, err
	}
	return r.serveBatch(msgs, fn)
}

// PeekBatchContext is PeekBatch that waits for one message at least.
func (r *receiver) PeekBatchContext(ctx context.Context, max int, fn func([]Msg) (int, error),
) (int, error) {
	msgs, err := r.peekWait(ctx, max, lentFunc)
	if err != nil {
		return 0, err
	}
	return r.serveBatch(msgs, fn)
}

func (r *receiver) serveBatch(msgs []Msg, fn func([]Msg) (int, error)) (int, error) {
	served := false
	defer func() {
		if !served {
			r.undo(lentFunc)
		}
	}()
	n, err := fn(msgs)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > len(msgs) {
		return 0, ErrInvalid
	}
	served = true
	return n, r.release(lentFunc, n)
}

// PeekMsg is for those who are not done with a message within one function: it gives the next
// message in place, until [Queue.Release], [Queue.Keep] or, of a member, [Member.Nack]. Called
// again before, it gives the same message.
func (r *receiver) PeekMsg() (Msg, error) {
	return first(r.peek(1, lentOne, now))
}

// PeekMsgContext is PeekMsg that waits for a message, until the context is done.
func (r *receiver) PeekMsgContext(ctx context.Context) (Msg, error) {
	return first(r.peekWait(ctx, 1, lentOne))
}

// Release says that the message of PeekMsg is done.
func (r *receiver) Release() error { return r.release(lentOne, 1) }

// PeekMsgs is PeekMsg for up to max messages, until [Queue.ReleaseBatch], Keep or Nack.
func (r *receiver) PeekMsgs(max int) ([]Msg, error) {
	return r.peek(max, lentBatch, now)
}

// PeekMsgsContext is PeekMsgs that waits for one message at least.
func (r *receiver) PeekMsgsContext(ctx context.Context, max int) ([]Msg, error) {
	return r.peekWait(ctx, max, lentBatch)
}

// ReleaseBatch says that the first n messages of PeekMsgs are done; the others come again.
func (r *receiver) ReleaseBatch(n int) error { return r.release(lentBatch, n) }

// Keep ends the look of PeekMsg or PeekMsgs without anything being done: it comes again.
func (r *receiver) Keep() error {
	err := r.release(lentOne, 0)
	if err == error(ErrState) {
		err = r.release(lentBatch, 0)
	}
	return err
}
