// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"context"
	"math"
	"unsafe"
)

// A Batch is several messages one behind the other in one buffer, with their lengths: what the
// library sends and receives in one call. It is used again and again without allocating. Its
// zero value is an empty batch to append to; one to receive into is made by [NewBatch].
type Batch struct {
	buf    []byte
	lens   []uint32
	starts []int
}

// NewBatch makes a batch to receive up to messages at once, of up to bytes together.
func NewBatch(messages, bytes int) *Batch {
	return &Batch{buf: make([]byte, 0, bytes), lens: make([]uint32, 0, messages),
		starts: make([]int, 0, messages)}
}

// Reset empties it; its memory is kept.
func (b *Batch) Reset() { b.buf, b.lens, b.starts = b.buf[:0], b.lens[:0], b.starts[:0] }

// Append adds a copy of a message. With one of more than MaxSlotSize, which is not copied, no
// queue takes the batch.
func (b *Batch) Append(msg []byte) {
	length := uint32(math.MaxUint32)
	if len(msg) <= MaxSlotSize {
		length = uint32(len(msg))
	} else {
		msg = nil
	}
	b.starts = append(b.starts, len(b.buf))
	b.buf = append(b.buf, msg...)
	b.lens = append(b.lens, length)
}

// Len is how many messages it has.
func (b *Batch) Len() int { return len(b.lens) }

// At is message i, until the batch is changed.
func (b *Batch) At(i int) []byte {
	from, to := b.starts[i], len(b.buf)
	if i+1 < len(b.starts) {
		to = b.starts[i+1]
	}
	return b.buf[from:to:to]
}

// received sets the lengths that the library has written, of n messages.
func (b *Batch) received(n int) {
	b.lens = b.lens[:n]
	b.starts = b.starts[:n]
	at := 0
	for i, length := range b.lens {
		b.starts[i] = at
		at += int(length)
	}
	b.buf = b.buf[:at]
}

func (r *receiver) popBatch(b *Batch, ns int64) (int, error) {
	b.Reset()
	if cap(b.lens) == 0 || cap(b.buf) == 0 {
		return 0, ErrInvalid
	}
	if cap(b.starts) < cap(b.lens) {
		b.starts = make([]int, 0, cap(b.lens))
	}
	if err := r.lock(); err != nil {
		return 0, err
	}
	buf, lens := b.buf[:cap(b.buf)], b.lens[:cap(b.lens):cap(b.lens)]
	if r.lent != lentNone {
		r.unlock()
		return 0, ErrState
	}
	if r.careful() {
		return r.popBatchSafely(b, ns)
	}
	// No longer than its room for starts, which may have been grown another way.
	if len(lens) > cap(b.starts) {
		lens = lens[:cap(b.starts)]
	}
	res := callPopBatch(r, uintptr(pointer(buf)), len(buf), uintptr(lengths(lens)), len(lens), ns)
	r.unlock()
	if res.rc == C.NABD_OK {
		b.received(int(res.n))
		return int(res.n), nil
	}
	if res.rc == C.NABD_BUFFER {
		return int(lens[0]), ErrBuffer
	}
	return 0, answer(res, "nabd_pop_batch")
}

// popBatchSafely takes one message, as popSafely does.
func (r *receiver) popBatchSafely(b *Batch, ns int64) (int, error) {
	n, err := r.popSafely(ns, func(msg Msg) (int, error) {
		if len(msg.Data) > cap(b.buf) {
			return len(msg.Data), ErrBuffer
		}
		b.Append(msg.Data)
		return 1, nil
	})
	if err != nil {
		b.Reset()
	}
	return n, err
}

// PopBatch receives copies of as many messages as there are and fit, in one call of the library,
// or answers ErrEmpty at once. After ErrBuffer the number is the length of the first
// message, which is longer than all of the batch's room and stays.
func (r *receiver) PopBatch(b *Batch) (int, error) { return r.popBatch(b, now) }

// RecvBatch is PopBatch that waits for one message at least, until the context is done.
func (r *receiver) RecvBatch(ctx context.Context, b *Batch) (n int, err error) {
	if n, err = r.popBatch(b, now); err != error(ErrEmpty) {
		return n, err
	}
	err = r.await(ctx, func(ns int64) (err error) {
		n, err = r.popBatch(b, ns)
		return err
	})
	return n, err
}

// ---------------------------------------------------------- sending in place

func (q *Queue) slotBatch(count, size, how int, ns int64) ([][]byte, error) {
	if count <= 0 {
		return nil, ErrInvalid
	}
	if err := q.lockTx(); err != nil {
		return nil, err
	}
	defer q.unlockTx()
	if q.tx.lent != lentNone {
		return nil, ErrState
	}
	if count > int(q.slots) {
		count = int(q.slots)
	}
	if err := q.slotArray(count); err != nil {
		return nil, err
	}
	r := C.nabdgo_reserve_batch(idOf(q.h), C.size_t(size), q.tx.at(), C.size_t(count),
		C.int64_t(ns))
	if r.rc != C.NABD_OK {
		return nil, answer(r, "nabd_reserve_batch")
	}
	q.tx.lent = how
	slots := unsafe.Slice(q.tx.slots, int(r.n))
	if cap(q.tx.bytes) < len(slots) {
		q.tx.bytes = make([][]byte, q.tx.room)
	}
	q.tx.bytes = q.tx.bytes[:len(slots)]
	for i, at := range slots {
		q.tx.bytes[i] = unsafe.Slice((*byte)(at), size)
	}
	if how == lentFunc {
		return q.tx.bytes, nil // only one function has it at a time
	}
	return append([][]byte(nil), q.tx.bytes...), nil
}

func (q *Queue) slotBatchWait(ctx context.Context, count, size, how int) (s [][]byte, err error) {
	try := func(ns int64) (err error) {
		s, err = q.slotBatch(count, size, how, ns)
		return err
	}
	if err = try(now); err == error(ErrFull) {
		err = q.awaitTx(ctx, try)
	}
	return s, err
}

func (q *Queue) commitBatch(how int, lens []uint32) error {
	return q.settle(how, "nabd_commit_batch", func() C.int {
		return callCommitBatch(q, uintptr(lengths(lens)), len(lens))
	})
}

// ReserveBatch lets fn write up to count messages of up to size bytes in place, as many as slots
// are free. It sets the messages' lengths, which are size to begin with, and answers how many to
// send; the others are given back, and all of them after an error or a panic.
func (q *Queue) ReserveBatch(count, size int, fn func(slots [][]byte, lens []uint32) (int, error),
) (int, error) {
	slots, err := q.slotBatch(count, size, lentFunc, now)
	if err != nil {
		return 0, err
	}
	return q.fillBatch(slots, size, fn)
}

// ReserveBatchContext is ReserveBatch that waits for one free slot at least.
func (q *Queue) ReserveBatchContext(ctx context.Context, count, size int,
	fn func(slots [][]byte, lens []uint32) (int, error)) (int, error) {
	slots, err := q.slotBatchWait(ctx, count, size, lentFunc)
	if err != nil {
		return 0, err
	}
	return q.fillBatch(slots, size, fn)
}

func (q *Queue) fillBatch(slots [][]byte, size int,
	fn func(slots [][]byte, lens []uint32) (int, error)) (int, error) {
	settled := false
	defer func() {
		if !settled {
			q.abort(lentFunc)
		}
	}()
	lens := q.tx.lens[:0]
	for range slots {
		lens = append(lens, uint32(size))
	}
	q.tx.lens = lens // no one else has it as long as something is lent
	n, err := fn(slots, lens)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > len(lens) {
		return 0, ErrInvalid
	}
	// From here on another may have slots, whose functions of backpressure end this one.
	settled = true
	if err = q.commitBatch(lentFunc, lens[:n]); err != nil {
		q.abort(lentFunc)
	}
	return n, err
}

// Slots is [Queue.Slot] for up to count slots of size bytes, as many as are free; until
// [Queue.CommitBatch] or [Queue.Abort]. The slice of slices is void then, too.
func (q *Queue) Slots(count, size int) ([][]byte, error) {
	return q.slotBatch(count, size, lentBatch, now)
}

// SlotsContext is Slots that waits for one free slot at least.
func (q *Queue) SlotsContext(ctx context.Context, count, size int) ([][]byte, error) {
	return q.slotBatchWait(ctx, count, size, lentBatch)
}

// CommitBatch sends the first len(lens) of what Slots gave, and gives the others back. After an
// error they are still reserved.
func (q *Queue) CommitBatch(lens []uint32) error { return q.commitBatch(lentBatch, lens) }
