// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"context"
	"sync"
	"unsafe"
)

// sender is the sending side of a Queue.
type sender struct {
	mu     sync.Mutex
	lent   int
	wait   waiter
	room   int             // entries of slots
	slots  *unsafe.Pointer // of C
	lens   []uint32        // of the reservation of a batch
	flat   Batch           // PushBatch packs into it
	bytes  [][]byte        // what Slots tells
	events *C.struct_nabdgo_events
	told   *Backpressure
}

func (s *sender) free() {
	C.free(unsafe.Pointer(s.slots))
	C.free(unsafe.Pointer(s.events))
	s.slots, s.events, s.room = nil, nil, 0
}

func (q *Queue) lockTx() error {
	if q == nil {
		return ErrInvalid
	}
	q.tx.mu.Lock()
	if q.h == nil || q.life.closed.Load() {
		q.tx.mu.Unlock()
		return ErrClosed
	}
	return nil
}

// unlockTx ends a sending call, and then tells what it has found out about the fill.
func (q *Queue) unlockTx() {
	if !q.due() {
		q.tx.mu.Unlock()
		return
	}
	tell(q.leaveTx())
}

func (q *Queue) push(data []byte, ns int64) error {
	if err := q.lockTx(); err != nil {
		return err
	}
	r := callPush(q, uintptr(pointer(data)), len(data), ns)
	q.unlockTx()
	if r.rc == C.NABD_OK {
		return nil
	}
	return answer(r, "nabd_push")
}

// Push sends a copy of a message, or answers ErrFull at once.
func (q *Queue) Push(data []byte) error { return q.push(data, now) }

// Send is Push that waits for a free slot, until the context is done. A slot that is free is
// taken even if the context is done already.
func (q *Queue) Send(ctx context.Context, data []byte) error {
	err := q.push(data, now)
	if err != error(ErrFull) {
		return err
	}
	return q.awaitTx(ctx, func(ns int64) error { return q.push(data, ns) })
}

func (q *Queue) pushPacked(b *Batch, from int, ns int64) (int, error) {
	if from >= len(b.lens) {
		return 0, ErrInvalid
	}
	if err := q.lockTx(); err != nil {
		return 0, err
	}
	defer q.unlockTx()
	return q.pushLocked(b, from, ns)
}

// pushLocked looks anew where the messages lie: a function of backpressure may have changed the
// batch between two calls.
func (q *Queue) pushLocked(b *Batch, from int, ns int64) (int, error) {
	rest, lens := b.buf[b.starts[from]:], b.lens[from:]
	r := callPushBatch(q, uintptr(pointer(rest)), uintptr(lengths(lens)), len(lens), ns)
	if r.rc == C.NABD_OK {
		return int(r.n), nil
	}
	return int(r.n), answer(r, "nabd_push_batch")
}

// PushPacked sends copies of the messages of a batch, from the first on, in one call of the
// library, and tells how many: fewer than there are when no more slots were free.
func (q *Queue) PushPacked(b *Batch) (int, error) { return q.pushPacked(b, 0, now) }

// SendPacked is PushPacked that waits until all are sent, or the context is done.
func (q *Queue) SendPacked(ctx context.Context, b *Batch) (int, error) {
	sent := 0
	try := func(ns int64) error {
		n, err := q.pushPacked(b, sent, ns)
		sent += n
		return err
	}
	err := try(now)
	for err == nil && sent < len(b.lens) {
		err = try(now)
	}
	if err == error(ErrFull) {
		err = q.awaitTx(ctx, try)
	}
	return sent, err
}

// PushBatch is PushPacked of messages that lie anywhere: they are packed first.
func (q *Queue) PushBatch(msgs [][]byte) (int, error) {
	if len(msgs) == 0 {
		return 0, ErrInvalid
	}
	if err := q.lockTx(); err != nil {
		return 0, err
	}
	defer q.unlockTx()
	q.tx.flat.Reset()
	for _, msg := range msgs {
		q.tx.flat.Append(msg)
	}
	return q.pushLocked(&q.tx.flat, 0, now)
}

// SendBatch is PushBatch that waits until all are sent, or the context is done.
func (q *Queue) SendBatch(ctx context.Context, msgs [][]byte) (int, error) {
	var b Batch
	for _, msg := range msgs {
		b.Append(msg)
	}
	return q.SendPacked(ctx, &b)
}

// ---------------------------------------------------------------- in place

func (s *sender) at() C.uintptr_t { return C.uintptr_t(uintptr(unsafe.Pointer(s.slots))) }

// calloc is C's, which answers nil where there is no memory; tests let it.
var calloc = func(n int, size uintptr) unsafe.Pointer {
	return C.calloc(C.size_t(n), C.size_t(size))
}

// slotArray has room for n addresses of slots.
func (q *Queue) slotArray(n int) error {
	if n <= q.tx.room {
		return nil
	}
	C.free(unsafe.Pointer(q.tx.slots))
	q.tx.room = 0
	q.tx.slots = (*unsafe.Pointer)(calloc(n, unsafe.Sizeof(unsafe.Pointer(nil))))
	if q.tx.slots == nil {
		return ErrNoMem
	}
	q.tx.room = n
	return nil
}

func (q *Queue) slot(n, how int, ns int64) ([]byte, error) {
	if err := q.lockTx(); err != nil {
		return nil, err
	}
	defer q.unlockTx()
	if q.tx.lent != lentNone {
		return nil, ErrState
	}
	if err := q.slotArray(1); err != nil {
		return nil, err
	}
	r := C.nabdgo_reserve(idOf(q.h), C.size_t(n), q.tx.at(), C.int64_t(ns))
	if r.rc != C.NABD_OK {
		return nil, answer(r, "nabd_reserve")
	}
	q.tx.lent = how
	return unsafe.Slice((*byte)(*q.tx.slots), n), nil
}

// settle ends a reservation, or tries to: call answers whether it is over.
func (q *Queue) settle(how int, op string, call func() C.int) error {
	if q == nil {
		return ErrInvalid
	}
	q.tx.mu.Lock()
	if q.h == nil {
		q.tx.mu.Unlock()
		return ErrClosed
	}
	if q.tx.lent != how {
		q.tx.mu.Unlock()
		return ErrState
	}
	rc := call()
	if rc == C.NABD_OK {
		q.tx.lent = lentNone
	}
	if q.life.closed.Load() && q.tx.lent == lentNone {
		defer q.end() // whatever functions are called before
	}
	q.unlockTx()
	return named(rc, nil, op, "")
}

func (q *Queue) commit(how, n int) error {
	return q.settle(how, "nabd_commit", func() C.int {
		return C.nabdgo_commit(idOf(q.h), C.size_t(n))
	})
}

func (q *Queue) abort(how int) error {
	return q.settle(how, "nabd_abort", func() C.int { return C.nabd_abort(q.h) })
}

// Reserve lets fn write a message of n bytes in place: its slice is the slot, with any content.
// When fn answers nil the message is sent; when it answers an error, or panics, nothing is.
// The slice is void when fn has returned: it must not be kept.
func (q *Queue) Reserve(n int, fn func(slot []byte) error) error {
	slot, err := q.slot(n, lentFunc, now)
	if err != nil {
		return err
	}
	return q.fill(slot, fn)
}

// ReserveContext is Reserve that waits for a free slot, until the context is done.
func (q *Queue) ReserveContext(ctx context.Context, n int, fn func(slot []byte) error) error {
	slot, err := q.slotWait(ctx, n, lentFunc)
	if err != nil {
		return err
	}
	return q.fill(slot, fn)
}

func (q *Queue) fill(slot []byte, fn func(slot []byte) error) error {
	filled := false
	defer func() {
		if !filled {
			q.abort(lentFunc)
		}
	}()
	if err := fn(slot); err != nil {
		return err
	}
	filled = true
	return q.commit(lentFunc, len(slot))
}

func (q *Queue) slotWait(ctx context.Context, n, how int) (slot []byte, err error) {
	try := func(ns int64) (err error) {
		slot, err = q.slot(n, how, ns)
		return err
	}
	if err = try(now); err == error(ErrFull) {
		err = q.awaitTx(ctx, try)
	}
	return slot, err
}

// Slot is for those who can't fill a slot within one function: it gives the next slot, of n
// bytes, which is void after [Queue.Commit] or [Queue.Abort]. One of them has to be called.
func (q *Queue) Slot(n int) ([]byte, error) { return q.slot(n, lentOne, now) }

// SlotContext is Slot that waits for a free slot, until the context is done.
func (q *Queue) SlotContext(ctx context.Context, n int) ([]byte, error) {
	return q.slotWait(ctx, n, lentOne)
}

// Commit sends the first n bytes of what Slot gave. After ErrTooBig it is still reserved.
func (q *Queue) Commit(n int) error { return q.commit(lentOne, n) }

// Abort gives back, unsent, what Slot or Slots gave.
func (q *Queue) Abort() error {
	err := q.abort(lentOne)
	if err == error(ErrState) {
		err = q.abort(lentBatch)
	}
	return err
}
