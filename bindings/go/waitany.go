// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"context"
	"os"
	"syscall"
	"unsafe"
)

// MaxWaitAny is the most that [WaitAny] can wait for.
const MaxWaitAny = C.NABD_WAIT_ANY_MAX

// A Waitable is a [Queue] or a [Member].
type Waitable interface {
	Fd() (int, error)
	Arm() (bool, error)
	side() *receiver
}

func (q *Queue) side() *receiver {
	if q == nil {
		return nil
	}
	return &q.receiver
}

func (m *Member) side() *receiver {
	if m == nil {
		return nil
	}
	return &m.receiver
}

// Ready is what [WaitAny] tells of one that it waits for: whether there is something, or an
// error.
type Ready struct {
	Is  bool
	Err error
}

// lookAny asks each without waiting. Two of them may share a lock, and two callers name them in
// any order: so one is asked after the other.
func lookAny(sides []*receiver) (ready []Ready, serve int, err error) {
	// It is of C, as it holds pointers of C.
	var shape C.struct_nabd_wait_item
	item := (*C.struct_nabd_wait_item)(calloc(1, unsafe.Sizeof(shape)))
	if item == nil {
		return nil, 0, ErrNoMem
	}
	defer C.free(unsafe.Pointer(item))
	ready = make([]Ready, len(sides))
	for i, r := range sides {
		if ready[i].Err = r.hold(); ready[i].Err != nil {
			serve++
			continue
		}
		*item = C.struct_nabd_wait_item{q: r.q, consumer: r.c}
		rc, errno := C.nabd_wait_any(item, 1, 0)
		r.leave()
		if rc == C.NABD_TIMEOUT {
			continue
		}
		if err := named(rc, errno, "nabd_wait_any", ""); err != nil {
			return nil, 0, err
		}
		serve++
		if item.result == 1 {
			ready[i].Is = true
		} else {
			ready[i].Err = errOf(item.result)
		}
	}
	return ready, serve, nil
}

// WaitAny waits until one or more of several queues and members have a message, or, of a queue
// that only sends, a free slot; or the context is done. Serve every one of which there is
// something, or an error: those behind the first may else never get their turn.
func WaitAny(ctx context.Context, items ...Waitable) ([]Ready, error) {
	if len(items) < 1 || len(items) > MaxWaitAny {
		return nil, ErrInvalid
	}
	sides := make([]*receiver, len(items))
	for i, one := range items {
		if one == nil || one.side() == nil {
			return nil, ErrInvalid
		}
		sides[i] = one.side()
	}
	ready, serve, err := lookAny(sides)
	if err != nil || serve > 0 {
		return ready, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, ready, serve, err := fileOfAll(sides)
	if err != nil || serve > 0 {
		return ready, err
	}
	defer f.Close()
	for _, r := range sides {
		r.life.watch(f)
		defer r.life.unwatch(f)
	}
	any := newLife()
	for {
		var found []Ready
		err := park(ctx, any, f, func() (bool, error) {
			found, serve = armAll(sides)
			return serve > 0, nil
		})
		if serve > 0 {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		if ready, serve, err = lookAny(sides); err != nil || serve > 0 {
			return ready, err
		}
	}
}

func armAll(sides []*receiver) (ready []Ready, serve int) {
	ready = make([]Ready, len(sides))
	for i, r := range sides {
		ready[i].Is, ready[i].Err = r.Arm()
		if ready[i].Is || ready[i].Err != nil {
			serve++
		}
	}
	return ready, serve
}

// fileOfAll is a descriptor that is readable when one of them is. One that has been closed, or
// the like, is to be served instead.
func fileOfAll(sides []*receiver) (f *os.File, ready []Ready, serve int, err error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, nil, 0, &Error{Op: "epoll_create1", Err: ErrSystem, Errno: err.(syscall.Errno)}
	}
	defer syscall.Close(epoll)
	ready = make([]Ready, len(sides))
	for i, r := range sides {
		if ready[i].Err = r.joinEpoll(epoll); ready[i].Err != nil {
			serve++
		}
	}
	if serve == 0 {
		f, err = pollable(epoll, "nabd any")
	}
	return f, ready, serve, err
}

// joinEpoll adds the descriptor while it can't be closed: its number may be another file's then.
func (r *receiver) joinEpoll(epoll int) error {
	if err := r.hold(); err != nil {
		return err
	}
	defer r.leave()
	res := C.nabdgo_fd(r.q, r.c)
	if err := answer(res, "nabd_fd"); err != nil {
		return err
	}
	fd := int(res.rc)
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
	err := syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, fd, &event)
	if err != nil && err != syscall.EEXIST {
		return &Error{Op: "epoll_ctl", Err: ErrSystem, Errno: err.(syscall.Errno)}
	}
	return nil
}

// pollable copies a descriptor for Go's poller. Nobody reads from it, so that not to block is
// said to Go alone.
func pollable(fd int, name string) (*os.File, error) {
	copied, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_DUPFD_CLOEXEC, 0)
	if errno != 0 {
		return nil, &Error{Op: "fcntl", Err: ErrSystem, Errno: errno}
	}
	if err := syscall.SetNonblock(int(copied), true); err != nil {
		syscall.Close(int(copied))
		return nil, err
	}
	return os.NewFile(copied, name), nil
}
