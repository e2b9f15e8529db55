// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"math"
	"os"
	"unsafe"
)

// Sizes and limits of queues, in slots and bytes.
const (
	DefaultSlots    = C.NABD_DEFAULT_SLOTS
	DefaultSlotSize = C.NABD_DEFAULT_SLOT_SIZE
	MaxSlots        = C.NABD_MAX_SLOTS
	MaxSlotSize     = C.NABD_MAX_SLOT_SIZE
	MaxAlign        = C.NABD_MAX_ALIGN
	MaxName         = C.NABD_MAX_NAME
)

// An Option is a wish for [Open], and for [Unlink], [Diagnose] and [Recover], which heed Dir,
// AnyOwner and Owner alone.
type Option func(*config)

type config struct {
	slots, size  C.size_t
	flags        C.uint
	opts         C.uint32_t
	mode, align  C.uint32_t
	owner, group C.uint32_t
	dir          string
	odd          bool // a number does not fit
	wait         *WaitOptions
}

func configOf(options []Option) config {
	var c config
	for _, option := range options {
		if option != nil {
			option(&c)
		}
	}
	return c
}

// narrow makes a number of C, and says in odd if it does not fit: cut off it might be right.
func narrow(n int64, odd *bool) C.uint32_t {
	*odd = *odd || n < 0 || n > math.MaxUint32
	return C.uint32_t(n)
}

// groupOf is a group's number, or one that the library refuses.
func groupOf(n int) C.uint {
	odd := false
	if group := narrow(int64(n), &odd); !odd {
		return C.uint(group)
	}
	return math.MaxUint32
}

// native fills in the options of C; free gives back what they point to.
func (c *config) native() (opts C.struct_nabd_opts, free func(), err error) {
	if !fine(c.dir) || c.odd {
		return opts, nil, ErrInvalid
	}
	opts.size = C.uint32_t(unsafe.Sizeof(opts))
	opts.flags, opts.mode, opts.align = c.opts, c.mode, c.align
	opts.owner, opts.group = c.owner, c.group
	free = func() {}
	if c.dir != "" {
		dir := C.CString(c.dir)
		opts.dir = dir
		free = func() { C.free(unsafe.Pointer(dir)) }
	}
	return opts, free, nil
}

// Create makes the queue if it is not there, of so many slots for messages of up to size bytes;
// 0 is the library's default. One that is there is never changed; sizes that are not 0
// must be its own then.
func Create(slots, size int) Option {
	return func(c *config) {
		c.flags |= C.NABD_CREATE
		c.slots, c.size = C.size_t(slots), C.size_t(size)
	}
}

// Sizes refuses a queue of other sizes; 0 is any.
func Sizes(slots, size int) Option {
	return func(c *config) { c.slots, c.size = C.size_t(slots), C.size_t(size) }
}

// Exclusive, with Create, refuses a queue that is there: ErrExists.
func Exclusive() Option { return func(c *config) { c.flags |= C.NABD_EXCL } }

// Producer is to send. A queue has one live producer.
func Producer() Option { return func(c *config) { c.flags |= C.NABD_PRODUCER } }

// Consumer is to receive, and to join groups. Nothing is held back before the first receiving
// call.
func Consumer() Option { return func(c *config) { c.flags |= C.NABD_CONSUMER } }

// Observe only looks, through a mapping that can't be written.
func Observe() Option { return func(c *config) { c.flags |= C.NABD_OBSERVE } }

// Overwrite makes a queue whose producer never waits but overwrites the oldest message; a
// reader that it passes is told ErrLapped.
func Overwrite() Option { return func(c *config) { c.flags |= C.NABD_OVERWRITE } }

// Timestamps makes a queue whose messages have times, so that Latency tells how old they are when
// they are received.
func Timestamps() Option { return func(c *config) { c.flags |= C.NABD_TIMESTAMPS } }

// Prefault maps every page now, so that no message meets a page fault.
func Prefault() Option { return func(c *config) { c.opts |= C.NABD_PREFAULT } }

// Lock locks the mapping in RAM.
func Lock() Option { return func(c *config) { c.opts |= C.NABD_MLOCK } }

// HugePages has the kernel make huge pages of the queue's pages, now, as far as it can: a wish
// and never an error. Memory tells what was got.
func HugePages() Option { return func(c *config) { c.opts |= C.NABD_HUGE_PAGES } }

// AnyOwner accepts a queue that belongs to any user.
func AnyOwner() Option { return func(c *config) { c.opts |= C.NABD_ANY_OWNER } }

// Owner accepts a queue that belongs to this user, beside one's own.
func Owner(uid int) Option {
	return func(c *config) {
		c.opts |= C.NABD_OWNER_UID
		c.owner = narrow(int64(uid), &c.odd)
	}
}

// Group gives a new queue to this group of users.
func Group(gid int) Option {
	return func(c *config) {
		c.opts |= C.NABD_SET_GROUP
		c.group = narrow(int64(gid), &c.odd)
	}
}

// Mode is the permissions of a new queue; the umask is not applied. 0 is 0600.
func Mode(mode os.FileMode) Option { return func(c *config) { c.mode = C.uint32_t(mode) } }

// Align lets payloads start at multiples of so many bytes: 8, 16, … 4096.
func Align(bytes int) Option {
	return func(c *config) { c.align = narrow(int64(bytes), &c.odd) }
}

// Dir is where the queue's file lives; otherwise it is $NABD_DIR, or /dev/shm.
func Dir(path string) Option { return func(c *config) { c.dir = path } }

// Waiting chooses how both sides wait, as [Queue.SetWait] does.
func Waiting(w WaitOptions) Option { return func(c *config) { c.wait = &w } }
