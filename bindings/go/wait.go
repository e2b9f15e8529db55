// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"
)

const (
	now        = int64(C.NABDGO_NOW)   // as nanoseconds: do not wait
	longestTry = 10 * time.Millisecond // that a thread is ever held in C by a wait
	sendSlice  = 2 * time.Millisecond  // where there is no descriptor about free slots
)

// WaitOptions is how to wait: Spin is for how long to try again and again before anything else,
// Yield, after that, for how long to let others run between two tries. Then the goroutine is
// parked, without a thread, until there is something. Slice is the longest that it sleeps
// without looking by itself; 0 is the library's default, 100 ms.
//
// Spin and Yield hold a thread in C, together for 10 ms at most, whatever is asked for.
type WaitOptions struct {
	Spin, Yield, Slice time.Duration
	UntilUnlinked      bool // end a wait with ErrUnlinked once the queue's name is gone
	WhileProducer      bool // end one for messages with ErrNoProducer when no producer lives
}

// DefaultSlice is the longest sleep if Slice is 0.
const DefaultSlice time.Duration = C.NABD_WAIT_SLICE_NS

// How to wait: [Balanced] is what a new handle does.
var (
	Balanced = WaitOptions{Spin: 5 * time.Microsecond, Yield: 5 * time.Microsecond}
	Latency  = WaitOptions{Spin: 10 * time.Millisecond} // burns a CPU between messages
	Power    = WaitOptions{}                            // sleeps at once
)

// A waiter is where the goroutines wait that wait on one side. One of them at a time is parked
// on the descriptor, the others on sem.
type waiter struct {
	sem   chan struct{}
	file  atomic.Pointer[os.File] // a copy of the descriptor, known to Go's poller
	try   atomic.Int64            // ns to spin and yield
	flags atomic.Uint32           // NABD_WAIT_…
}

func (w *waiter) begin() {
	w.sem = make(chan struct{}, 1)
	w.set(Balanced)
}

func (w *waiter) set(o WaitOptions) {
	try := o.Spin + o.Yield
	if try > longestTry || try < 0 {
		try = longestTry
	}
	w.try.Store(int64(try))
	w.flags.Store(uint32(o.flags()))
}

func (o *WaitOptions) flags() (flags C.uint32_t) {
	if o.UntilUnlinked {
		flags |= C.NABD_WAIT_UNLINK
	}
	if o.WhileProducer {
		flags |= C.NABD_WAIT_PRODUCER
	}
	return flags
}

var past = time.Unix(1, 0)

// interrupt ends the park that runs, or the next: Close has been called.
func (w *waiter) interrupt() {
	if f := w.file.Load(); f != nil {
		f.SetReadDeadline(past)
	}
}

// end closes the file. That waits for whoever is parked on it, who has been interrupted but may be
// waiting, within [park], for the lock that the caller holds; or it is he who calls, in a function
// of the program's. So nobody waits here, and his leaving closes it.
func (w *waiter) end() {
	f := w.file.Swap(nil)
	if f == nil {
		return
	}
	select {
	case w.sem <- struct{}{}:
		f.Close()
		<-w.sem
	default:
		go f.Close()
	}
}

// open gives the descriptor to Go's poller. What is closed in the end is a copy: the
// library's own is its own. The side is locked, and the handle so open: behind a close the number
// may be that of another file.
func (w *waiter) open(fd int) (*os.File, error) {
	if f := w.file.Load(); f != nil {
		return f, nil
	}
	f, err := pollable(fd, "nabd")
	if err != nil {
		return nil, err
	}
	w.file.Store(f)
	return f, nil
}

// park waits until the file is readable, unless ready says that there is something already: it is
// asked when whatever makes the file readable from then on is seen. It returns nil to try again.
func park(ctx context.Context, l *life, f *os.File, ready func() (bool, error)) error {
	err := f.SetReadDeadline(time.Time{})
	// Behind that, as Close sets the mark first and the deadline then.
	if l.closed.Load() {
		return ErrClosed
	}
	if err != nil {
		return err
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	if ctx.Done() != nil {
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			select {
			case <-ctx.Done():
				f.SetReadDeadline(past)
			case <-stop:
			}
		}()
		// It must not end a later wait.
		defer func() {
			close(stop)
			<-stopped
		}()
	}
	asked := false
	var refused error
	err = conn.Read(func(uintptr) bool {
		if asked {
			return true
		}
		asked = true
		var is bool
		is, refused = ready()
		return is || refused != nil
	})
	switch {
	case refused != nil:
		return refused
	case l.closed.Load():
		return ErrClosed
	case err == nil || errors.Is(err, os.ErrDeadlineExceeded):
		return ctx.Err()
	}
	return err
}

// wait takes turns with others who wait on this side, and parks.
func (w *waiter) wait(ctx context.Context, l *life, file func() (*os.File, error),
	ready func() (bool, error)) error {
	select {
	case w.sem <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-l.done:
		return ErrClosed
	}
	defer func() { <-w.sem }()
	f, err := file()
	if err != nil {
		return err
	}
	return park(ctx, l, f, ready)
}

// ended is why a wait shall end although there is nothing.
func (q *Queue) ended(flags uint32) error {
	stats, err := q.Stats()
	switch {
	case err != nil:
		return err
	case flags&C.NABD_WAIT_UNLINK != 0 && stats.State&C.NABD_STATE_UNLINKED != 0:
		return ErrUnlinked
	case flags&C.NABD_WAIT_PRODUCER != 0 && stats.State&C.NABD_STATE_PRODUCER == 0:
		return ErrNoProducer
	}
	return nil
}

// await tries until something else comes than nothing.
func (r *receiver) await(ctx context.Context, try func(ns int64) error) error {
	ns := r.wait.try.Load()
	for {
		if ctx.Err() != nil {
			ns = 0
		}
		if err := try(ns); err != error(ErrTimeout) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		var reason error
		err := r.wait.wait(ctx, r.life, r.file, func() (bool, error) {
			ready, err := r.Arm()
			if flags := r.wait.flags.Load(); err == nil && !ready && flags != 0 {
				reason = r.queue.ended(flags)
			}
			return ready || err == error(ErrLapped) || reason != nil, skipLapped(err)
		})
		if reason != nil {
			// What came between the look and the reason goes first.
			if err := try(now); err != error(ErrEmpty) {
				return err
			}
			return reason
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		ns = 0
	}
}

// skipLapped leaves it to the try, which counts what was lost.
func skipLapped(err error) error {
	if err == error(ErrLapped) {
		return nil
	}
	return err
}

// awaitTx is await for a free slot. The descriptor of a handle with both sides is about messages:
// there a thread waits, a little at a time.
func (q *Queue) awaitTx(ctx context.Context, try func(ns int64) error) error {
	both := q.flags&C.NABD_CONSUMER != 0
	ns := q.tx.wait.try.Load()
	for {
		if both {
			ns = int64(sendSlice)
		}
		if ctx.Err() != nil {
			ns = 0
		}
		if err := try(ns); err != error(ErrTimeout) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if both {
			continue
		}
		var reason error
		err := q.tx.wait.wait(ctx, q.life, q.file, func() (bool, error) {
			ready, err := q.Arm()
			if flags := q.tx.wait.flags.Load(); err == nil && !ready && flags != 0 {
				reason = q.ended(flags &^ C.NABD_WAIT_PRODUCER)
			}
			return ready || reason != nil, err
		})
		if reason != nil {
			if err := try(now); err != error(ErrFull) {
				return err
			}
			return reason
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		ns = 0
	}
}

// sends is whether it is a handle that only sends: its descriptor is about free slots, and
// belongs to the sending side. A member's queue receives.
func (r *receiver) sends() bool { return r.queue != nil && r.queue.flags&C.NABD_CONSUMER == 0 }

// hold locks the side of the descriptor, which is open then, until leave.
func (r *receiver) hold() error {
	if r.sends() {
		return r.queue.lockTx()
	}
	return r.lock()
}

func (r *receiver) leave() {
	if r.sends() {
		r.queue.unlockTx()
	} else {
		r.unlock()
	}
}

func (r *receiver) file() (*os.File, error) {
	if err := r.hold(); err != nil {
		return nil, err
	}
	defer r.leave()
	res := C.nabdgo_fd(r.q, r.c)
	if err := answer(res, "nabd_fd"); err != nil {
		return nil, err
	}
	if r.sends() {
		return r.queue.tx.wait.open(int(res.rc))
	}
	return r.wait.open(int(res.rc))
}

// Fd is the member's descriptor for event loops of one's own; see [Queue.Fd].
func (r *receiver) Fd() (int, error) {
	if err := r.hold(); err != nil {
		return 0, err
	}
	defer r.leave()
	res := C.nabdgo_fd(r.q, r.c)
	return int(res.rc), answer(res, "nabd_fd")
}

// Arm makes the descriptor of Fd unreadable until there is something, or answers true if there is
// something already. It has to be called each time before waiting on the descriptor.
func (r *receiver) Arm() (bool, error) {
	if err := r.hold(); err != nil {
		return false, err
	}
	defer r.leave()
	if !r.sends() && r.lent != lentNone {
		return false, ErrState
	}
	res := C.nabdgo_arm(r.q, r.c)
	return res.rc == 1, answer(res, "nabd_arm")
}

func (r *receiver) setWait(o WaitOptions, h *C.nabd_t) error {
	if o.Spin < 0 || o.Yield < 0 || o.Slice < 0 {
		return ErrInvalid
	}
	res := C.nabdgo_set_wait(h, r.c, o.flags(), C.uint64_t(o.Spin), C.uint64_t(o.Yield),
		C.uint64_t(o.Slice))
	if res.rc == C.NABD_OK {
		r.wait.set(o)
	}
	return answer(res, "nabd_set_wait")
}

// SetWait chooses how both sides wait. A member that is joined later begins with the same.
func (q *Queue) SetWait(o WaitOptions) error {
	if err := q.lockTx(); err != nil {
		return err
	}
	defer q.unlockTx()
	if err := q.lock(); err != nil {
		return err
	}
	defer q.unlock()
	err := q.setWait(o, q.h)
	if err == nil {
		q.tx.wait.set(o)
	}
	return err
}
