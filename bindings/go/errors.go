// SPDX-License-Identifier: MIT

package nabd

/*
#cgo pkg-config: libnabd
#include "helpers.h"
*/
import "C"

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// Err is what a call of the library answered. Compare with errors.Is: some errors come wrapped
// in an *[Error], which says more.
type Err int32

// The errors of the library; nabd.h says which call answers which, and why.
const (
	ErrEmpty         Err = C.NABD_EMPTY         // no message is waiting for this reader
	ErrFull          Err = C.NABD_FULL          // no slot is free
	ErrInvalid       Err = C.NABD_INVALID       // an argument is out of its domain
	ErrName          Err = C.NABD_NAME          // not a valid queue name
	ErrRange         Err = C.NABD_RANGE         // a size of the queue is beyond the limits
	ErrTooBig        Err = C.NABD_TOOBIG        // the message is longer than a slot
	ErrBuffer        Err = C.NABD_BUFFER        // the buffer is too small; the message stays
	ErrState         Err = C.NABD_STATE         // out of order, or something is still lent
	ErrRole          Err = C.NABD_ROLE          // the handle was not opened for this side
	ErrBusy          Err = C.NABD_BUSY          // another live handle holds the role
	ErrForked        Err = C.NABD_FORKED        // the handle belongs to the parent process
	ErrNotFound      Err = C.NABD_NOTFOUND      // no such queue, group, member or checkpoint
	ErrExists        Err = C.NABD_EXISTS        // the queue exists
	ErrAccess        Err = C.NABD_ACCESS        // the file permissions forbid it
	ErrOwner         Err = C.NABD_OWNER         // the file belongs to another user
	ErrUnsafe        Err = C.NABD_UNSAFE        // not a regular file with a single name
	ErrNotQueue      Err = C.NABD_NOTQUEUE      // the file is not a queue
	ErrTruncated     Err = C.NABD_TRUNCATED     // the file's size is not what its header says
	ErrFormat        Err = C.NABD_FORMAT        // another format version, or an unknown feature
	ErrByteOrder     Err = C.NABD_BYTEORDER     // made on a machine of the other byte order
	ErrCorrupt       Err = C.NABD_CORRUPT       // the shared memory contradicts itself
	ErrGeometry      Err = C.NABD_GEOMETRY      // the queue exists with other sizes
	ErrNoSpace       Err = C.NABD_NOSPACE       // not enough shared memory, or disk
	ErrNoMem         Err = C.NABD_NOMEM         // no memory, or not to be mapped or locked
	ErrSystem        Err = C.NABD_SYSTEM        // a system call failed: see Error.Errno
	ErrDropped       Err = C.NABD_DROPPED       // the member's group was removed
	ErrEvicted       Err = C.NABD_EVICTED       // the member's group was too far behind
	ErrLapped        Err = C.NABD_LAPPED        // messages were overwritten unread
	ErrTimeout       Err = C.NABD_TIMEOUT       // the tries are used up
	ErrWoken         Err = C.NABD_WOKEN         // Wake ended the wait
	ErrUnlinked      Err = C.NABD_UNLINKED      // a wait ended as the queue's name is gone
	ErrNoProducer    Err = C.NABD_NOPRODUCER    // a wait ended as no producer lives
	ErrForeign       Err = C.NABD_FOREIGN       // the checkpoint is of another queue or group
	ErrNotCheckpoint Err = C.NABD_NOTCHECKPOINT // the file is not a checkpoint
)

// ErrClosed is the answer of every method once Close was called, also of those that were
// waiting. errors.Is(err, os.ErrClosed) is true of it.
var ErrClosed error = closedError{}

type closedError struct{}

func (closedError) Error() string        { return "nabd: use of a closed handle" }
func (closedError) Is(target error) bool { return target == os.ErrClosed }

// Error is the library's text of it.
func (e Err) Error() string { return "nabd: " + e.Text() }

// Text is the library's text, without a prefix: nabd_strerror.
func (e Err) Text() string { return C.GoString(C.nabd_strerror(C.int(e))) }

// Name is the error's name in nabd.h, as "NABD_FULL"; empty if there is none such.
func (e Err) Name() string { return C.GoString(C.nabd_error_name(C.int(e))) }

// Is lets those who know Go's own errors use them: [fs.ErrNotExist], [fs.ErrExist],
// [fs.ErrPermission], and [os.ErrDeadlineExceeded] for ErrTimeout.
func (e Err) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e == ErrNotFound
	case fs.ErrExist:
		return e == ErrExists
	case fs.ErrPermission:
		return e == ErrAccess || e == ErrOwner
	case os.ErrDeadlineExceeded:
		return e == ErrTimeout
	}
	return false
}

// Temporary says whether to try again later may help: of ErrEmpty, ErrFull and ErrBusy.
func (e Err) Temporary() bool { return e == ErrEmpty || e == ErrFull || e == ErrBusy }

// An Error is an [Err] of which more is known.
type Error struct {
	Op    string        // the call of the library
	Name  string        // the queue or file, where one was named
	Err   Err           // what was answered
	Errno syscall.Errno // how the system call failed, after ErrSystem; otherwise 0
}

func (e *Error) Error() string {
	text := e.Op + ": "
	if e.Name != "" {
		text += e.Name + ": "
	}
	text += e.Err.Text()
	if e.Errno != 0 {
		text += ": " + e.Errno.Error()
	}
	return text
}

// Unwrap gives the Err.
func (e *Error) Unwrap() error { return e.Err }

// Is compares with the error of the system, too.
func (e *Error) Is(target error) bool { return e.Errno != 0 && errors.Is(e.Errno, target) }

// What is answered often is made once: an Err that becomes an error is otherwise allocated.
var errTable = func() (table [64]error) {
	for i := range table {
		table[i] = Err(-i)
	}
	return
}()

func errOf(rc C.int32_t) error {
	if rc >= 0 {
		return nil
	}
	if int(-rc) < len(errTable) {
		return errTable[-rc]
	}
	return Err(rc)
}

// answer makes the error of a result; op names the call.
func answer(r C.nabdgo_result, op string) error {
	if r.rc == C.NABD_SYSTEM {
		return &Error{Op: op, Err: ErrSystem, Errno: syscall.Errno(r.err)}
	}
	return errOf(r.rc)
}

// named is answer for calls about a name; errno belongs to ErrSystem alone.
func named(rc C.int, errno error, op, name string) error {
	if rc >= 0 {
		return nil
	}
	e := &Error{Op: op, Name: name, Err: Err(rc)}
	if n, ok := errno.(syscall.Errno); ok && e.Err == ErrSystem {
		e.Errno = n
	}
	return e
}

// fine is whether a Go string can be one of C: one with a NUL would be cut short there.
func fine(s string) bool { return strings.IndexByte(s, 0) < 0 }
