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

// Checkpoint is what a checkpoint file says.
type Checkpoint struct {
	Group       uint32
	Incarnation [16]byte // of the queue, as Stats tells it
	Sequence    uint64   // the oldest message that was not released then
	Head        uint64   // sequence of the next message to be sent then
	SavedNs     uint64   // when: nanoseconds since 1970
	Saves       uint64   // how often it was saved
}

// Saved is when it was saved.
func (c *Checkpoint) Saved() time.Time { return time.Unix(0, int64(c.SavedNs)) }

// path calls with a file's name in C's memory.
func withPath(op, path string, call func(*C.char) (C.int, error)) error {
	if !fine(path) {
		return &Error{Op: op, Name: path, Err: ErrInvalid}
	}
	cpath := C.CString(path)
	defer C.free(unsafe.Pointer(cpath))
	rc, errno := call(cpath)
	return named(rc, errno, op, path)
}

// LoadCheckpoint reads a checkpoint, without a queue.
func LoadCheckpoint(path string) (Checkpoint, error) {
	var c C.struct_nabd_checkpoint
	c.size = C.uint32_t(unsafe.Sizeof(c))
	err := withPath("nabd_checkpoint_load", path, func(path *C.char) (C.int, error) {
		rc, errno := C.nabd_checkpoint_load(path, &c)
		return rc, errno
	})
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{
		Group:       uint32(c.group),
		Incarnation: bytesOf(c.incarnation),
		Sequence:    uint64(c.sequence),
		Head:        uint64(c.head),
		SavedNs:     uint64(c.saved_ns),
		Saves:       uint64(c.saves),
	}, nil
}

func bytesOf(c [16]C.uint8_t) (b [16]byte) {
	for i := range c {
		b[i] = byte(c[i])
	}
	return b
}

// locked calls while no other receiving call of the member runs.
func (m *Member) locked(call func() error) error {
	if m == nil {
		return ErrInvalid
	}
	if err := m.lock(); err != nil {
		return err
	}
	defer m.unlock()
	return call()
}

// Save keeps how far the group is in a file that outlives the machine: the oldest message that no
// member has released. When it answers nil, it is on the disk.
func (m *Member) Save(path string) error {
	return m.locked(func() error {
		return withPath("nabd_checkpoint_save", path, func(path *C.char) (C.int, error) {
			rc, errno := C.nabd_checkpoint_save(m.c, path)
			return rc, errno
		})
	})
}

// CheckpointAuto saves now, and from now on by itself: when this member looks for messages and
// has released so many since the last time, or so much time has passed; and in Close. 0 is
// never, and at least one is not 0. What goes wrong later is told by [Member.CheckpointStatus].
func (m *Member) CheckpointAuto(path string, messages uint64, every time.Duration) error {
	return m.locked(func() error {
		return withPath("nabd_checkpoint_auto", path, func(path *C.char) (C.int, error) {
			rc, errno := C.nabd_checkpoint_auto(m.c, path, C.uint64_t(messages), C.int64_t(every))
			return rc, errno
		})
	})
}

// CheckpointStop ends CheckpointAuto.
func (m *Member) CheckpointStop() error {
	return m.locked(func() error {
		rc, errno := C.nabd_checkpoint_auto(m.c, nil, 0, 0)
		return named(rc, errno, "nabd_checkpoint_auto", "")
	})
}

// CheckpointStatus tells the first error of saves by themselves since it was last asked, which is
// forgotten then, and the sequence of the last good save. The second error is about the question:
// ErrNotFound if nothing has been saved yet.
func (m *Member) CheckpointStatus() (sequence uint64, saving, err error) {
	err = m.locked(func() error {
		var failed C.int
		var at C.uint64_t
		rc, errno := C.nabd_checkpoint_status(m.c, &failed, &at)
		saving = named(failed, errno, "nabd_checkpoint_auto", "")
		sequence = uint64(at)
		return errOf(rc)
	})
	return sequence, saving, err
}

// ResumeFlags say where to go on when what follows a checkpoint is gone.
type ResumeFlags uint32

// ResumeExact is an error instead.
const (
	ResumeExact  ResumeFlags = 0
	ResumeOldest ResumeFlags = C.NABD_RESUME_OLDEST // at the oldest message that is kept
	ResumeNewest ResumeFlags = C.NABD_RESUME_NEWEST // behind the newest
)

// Values of [Resumed].State.
const (
	ResumedExact uint32 = C.NABD_RESUMED_EXACT // nothing lies between
	ResumedGap   uint32 = C.NABD_RESUMED_GAP   // what followed was let go or overwritten
	ResumedOther uint32 = C.NABD_RESUMED_OTHER // the queue is another
)

// Resumed is where a group goes on.
type Resumed struct {
	Sequence uint64 // there
	Lost     uint64 // messages between the checkpoint and there
	State    uint32 // ResumedExact, …
}

// Resume lets the whole group go on where a checkpoint says. Let one member resume, before
// the others join.
func (m *Member) Resume(path string, flags ResumeFlags) (Resumed, error) {
	var r C.struct_nabd_resume
	r.size = C.uint32_t(unsafe.Sizeof(r))
	r.flags = C.uint32_t(flags)
	err := m.locked(func() error {
		if m.lent != lentNone {
			return ErrState
		}
		return withPath("nabd_consumer_resume", path, func(path *C.char) (C.int, error) {
			rc, errno := C.nabd_consumer_resume(m.c, path, &r)
			return rc, errno
		})
	})
	if err != nil {
		return Resumed{}, err
	}
	return Resumed{uint64(r.sequence), uint64(r.lost), uint32(r.state)}, nil
}
