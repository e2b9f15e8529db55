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
	item(*C.struct_nabd_wait_item) error
	leave()
	living() *life
}

func (q *Queue) item(item *C.struct_nabd_wait_item) error {
	if q.flags&C.NABD_CONSUMER == 0 {
		if err := q.lockTx(); err != nil {
			return err
		}
	} else if err := q.lock(); err != nil {
		return err
	}
	item.q = q.h
	return nil
}

func (q *Queue) leave() {
	if q.flags&C.NABD_CONSUMER == 0 {
		q.unlockTx()
	} else {
		q.unlock()
	}
}

func (m *Member) item(item *C.struct_nabd_wait_item) error {
	if err := m.lock(); err != nil {
		return err
	}
	item.consumer = m.c
	return nil
}

func (m *Member) leave() { m.unlock() }

func (r *receiver) living() *life { return r.life }

// Ready is what [WaitAny] tells of one that it waits for: whether there is something, or an
// error.
type Ready struct {
	Is  bool
	Err error
}

// lookAny asks each without waiting. Two of them may share a lock, and two callers name them in
// any order: so one is asked after the other.
func lookAny(items []Waitable) (ready []Ready, serve int, err error) {
	// It is of C, as it holds pointers of C.
	var shape C.struct_nabd_wait_item
	item := (*C.struct_nabd_wait_item)(C.calloc(1, C.size_t(unsafe.Sizeof(shape))))
	defer C.free(unsafe.Pointer(item))
	ready = make([]Ready, len(items))
	for i, one := range items {
		*item = C.struct_nabd_wait_item{}
		if ready[i].Err = one.item(item); ready[i].Err != nil {
			serve++
			continue
		}
		rc, errno := C.nabd_wait_any(item, 1, 0)
		one.leave()
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
	ready, serve, err := lookAny(items)
	if err != nil || serve > 0 {
		return ready, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := fileOfAll(items)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for _, one := range items {
		one.living().watch(f)
		defer one.living().unwatch(f)
	}
	any := newLife()
	for {
		var found []Ready
		err := park(ctx, any, f, func() (bool, error) {
			found, serve, err = armAll(items)
			return serve > 0, err
		})
		if serve > 0 {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		if ready, serve, err = lookAny(items); err != nil || serve > 0 {
			return ready, err
		}
	}
}

func armAll(items []Waitable) (ready []Ready, serve int, err error) {
	ready = make([]Ready, len(items))
	for i, one := range items {
		ready[i].Is, ready[i].Err = one.Arm()
		if ready[i].Is || ready[i].Err != nil {
			serve++
		}
	}
	return ready, serve, nil
}

// fileOfAll is a descriptor that is readable when one of them is.
func fileOfAll(items []Waitable) (*os.File, error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, &Error{Op: "epoll_create1", Err: ErrSystem, Errno: err.(syscall.Errno)}
	}
	defer syscall.Close(epoll)
	for _, one := range items {
		fd, err := one.Fd()
		if err != nil {
			return nil, err
		}
		event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
		err = syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, fd, &event)
		if err != nil && err != syscall.EEXIST {
			return nil, &Error{Op: "epoll_ctl", Err: ErrSystem, Errno: err.(syscall.Errno)}
		}
	}
	return pollable(epoll, "nabd any")
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
