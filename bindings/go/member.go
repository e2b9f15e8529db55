// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"math"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

// Positions for [Member.Seek].
const (
	Oldest uint64 = 0              // the oldest message that is kept
	Newest uint64 = math.MaxUint64 // behind the newest
)

// A Member is a member of a consumer group: each group gets every message, the members of one
// share them. It has the receiving methods of a [Queue], and like them its own may be called
// by any goroutine at any time: they follow each other. For receivers at the same time, join once
// for each.
type Member struct {
	receiver
	host    *Queue
	handle  cgo.Handle
	letters *Queue // kept open
	waking  sync.RWMutex
	failed  error // what C's close answered
}

// A JoinOption is a wish for [Queue.Join]. All that is said of a new group is ignored where it
// exists.
type JoinOption func(*joinConfig)

type joinConfig struct {
	opts    C.struct_nabd_join_opts
	letter  func(Msg) bool
	letters *Queue
	odd     bool
}

// FromOldest lets a new group begin at the oldest message that is kept.
func FromOldest() JoinOption { return func(c *joinConfig) { c.opts.flags |= C.NABD_JOIN_OLDEST } }

// FromNewest lets a new group begin behind the newest message, also as the first group.
func FromNewest() JoinOption { return func(c *joinConfig) { c.opts.flags |= C.NABD_JOIN_NEWEST } }

// FromSequence lets a new group begin at a message, if that is kept.
func FromSequence(sequence uint64) JoinOption {
	return func(c *joinConfig) {
		c.opts.flags |= C.NABD_JOIN_SEQUENCE
		c.opts.sequence = C.uint64_t(sequence)
	}
}

// Ephemeral lets a new group vanish with its last live member.
func Ephemeral() JoinOption {
	return func(c *joinConfig) { c.opts.flags |= C.NABD_GROUP_EPHEMERAL }
}

// MaxDeliveries makes a message of a new group a dead letter beyond so many deliveries.
func MaxDeliveries(n int) JoinOption {
	return func(c *joinConfig) { c.opts.max_deliveries = narrow(int64(n), &c.odd) }
}

// MaxStall lets a new group be evicted that has held a full producer for so long.
func MaxStall(d time.Duration) JoinOption {
	return func(c *joinConfig) { c.opts.max_stall_ms = narrow(d.Milliseconds(), &c.odd) }
}

// MaxLag lets a new group be evicted that is so many messages behind.
func MaxLag(messages uint64) JoinOption {
	return func(c *joinConfig) { c.opts.max_lag = C.uint64_t(messages) }
}

// DeadLetter calls fn, within a receiving call of this member, with a copy of each dead letter:
// true if it is taken care of, false to have it delivered once more. As with what is lent, calls
// of this member answer ErrState meanwhile, also those of other goroutines; but it may be closed.
// If fn panics, that counts as false, and comes out of the receiving call, which has received
// nothing then.
func DeadLetter(fn func(Msg) bool) JoinOption { return func(c *joinConfig) { c.letter = fn } }

// DeadLetters sends them to another queue, opened with [Producer], instead. It can't be closed
// before the member.
func DeadLetters(q *Queue) JoinOption { return func(c *joinConfig) { c.letters = q } }

// Join makes the queue's group of that number, 1 to 16, or joins it; 0 is a new group with a free
// one. The member has to be closed, before the queue.
func (q *Queue) Join(group int, options ...JoinOption) (*Member, error) {
	var c joinConfig
	c.opts.size = C.uint32_t(unsafe.Sizeof(c.opts))
	for _, option := range options {
		if option != nil {
			option(&c)
		}
	}
	if c.odd {
		return nil, ErrInvalid
	}
	m := &Member{host: q}
	unlook, err := lookBoth(q, c.letters)
	if err != nil {
		return nil, err
	}
	defer unlook()
	h := q.h
	if c.letters != nil {
		c.opts.dead_letters = c.letters.h
	}
	// C writes its address here: not into Go's memory.
	out := (**C.nabd_consumer_t)(calloc(1, unsafe.Sizeof(m.c)))
	if out == nil {
		return nil, ErrNoMem
	}
	defer C.free(unsafe.Pointer(out))
	if c.letter != nil {
		m.letter = &letterBox{fn: c.letter, busy: &m.letting}
		m.handle = cgo.NewHandle(m.letter)
	}
	res := C.nabdgo_join(h, groupOf(group), c.opts, C.uintptr_t(m.handle), out)
	if err := answer(res, "nabd_consumer_join_opts"); err != nil {
		if m.handle != 0 {
			m.handle.Delete()
		}
		return nil, err
	}
	m.c = *out
	m.queue = q
	m.receiver.letters, m.letters = c.letters, c.letters
	m.life = newLife()
	m.finish = m.end
	m.wait.begin()
	m.wait.try.Store(q.wait.try.Load())
	m.wait.flags.Store(q.wait.flags.Load())
	for _, host := range m.hosts() {
		host.guests.Add(1)
		host.inside.Add(1)
	}
	return m, nil
}

// lookBoth is looking for two, of which the second may be nil or the first. All lock them in the
// same order: each held by one who wants the other, and wanted by its close, none would get on.
func lookBoth(a, b *Queue) (unlook func(), err error) {
	if b == nil {
		b = a
	}
	if uintptr(unsafe.Pointer(b)) < uintptr(unsafe.Pointer(a)) {
		a, b = b, a
	}
	if _, err := a.looking(); err != nil {
		return nil, err
	}
	if a == b {
		return a.look.RUnlock, nil
	}
	if _, err := b.looking(); err != nil {
		a.look.RUnlock()
		return nil, err
	}
	return func() { b.look.RUnlock(); a.look.RUnlock() }, nil
}

// hosts are the handles that must not be closed before the member is.
func (m *Member) hosts() []*Queue {
	if m.letters == nil {
		return []*Queue{m.host}
	}
	return []*Queue{m.host, m.letters}
}

// Close leaves the group: what is held and not released is given to other members. As with
// [Queue.Close], those that wait end with ErrClosed, and what is lent stays so until it is given
// back. ErrSystem: it has left, but the last save of CheckpointAuto failed; where something was
// lent, who gives it back is told so; where the function for dead letters ran, the next call of the
// member, once, in the place of ErrClosed.
func (m *Member) Close() error {
	if m == nil || m.life == nil {
		return ErrClosed
	}
	if m.life.closed.Swap(true) {
		return m.isClosed()
	}
	for _, host := range m.hosts() {
		host.guests.Add(-1)
	}
	m.life.over()
	m.wait.interrupt()
	err := m.end()
	if err != nil {
		m.untold.Store(nil)
	}
	return err
}

// end is the close itself, once nothing is lent any more; and that of handles which have
// waited for it.
func (m *Member) end() error {
	ended, err := m.endSelf()
	if !ended {
		return err
	}
	for _, host := range m.hosts() {
		host.inside.Add(-1)
		if host.life.closed.Load() {
			if failed := host.end(); err == nil {
				err = failed
			}
		}
	}
	return err
}

// endSelf leaves it to the call within which a function for dead letters runs, if one does.
func (m *Member) endSelf() (bool, error) {
	if !m.enter() {
		return false, nil
	}
	defer m.mu.Unlock()
	if m.c == nil || m.lent != lentNone {
		return false, m.failed
	}
	m.waking.Lock()
	defer m.waking.Unlock()
	m.wait.end()
	rc, errno := C.nabd_consumer_close(m.c)
	m.c = nil
	m.free()
	if m.handle != 0 {
		m.handle.Delete()
	}
	m.failed = named(rc, errno, "nabd_consumer_close", "")
	if m.failed != nil {
		m.untold.Store(&m.failed)
	}
	return true, m.failed
}

// Wake ends the wait that runs with ErrWoken, or else the next one.
func (m *Member) Wake() error {
	// Beside a receiving call, but not the close, which the queue's lock does not keep away.
	if m == nil {
		return ErrInvalid
	}
	if m.life == nil {
		return ErrClosed
	}
	m.waking.RLock()
	defer m.waking.RUnlock()
	if m.life.closed.Load() || m.c == nil {
		return ErrClosed
	}
	return errOf(C.nabd_consumer_wake(m.c))
}

// Nack gives back undone what PeekMsg or PeekMsgs gave: it is delivered again, to whichever
// member comes first, counting one delivery more.
func (m *Member) Nack() error {
	call := func() C.nabdgo_result { return C.nabdgo_nack(m.c) }
	err := error(ErrState)
	// Where nothing is lent the library says no, and perhaps that the group is gone.
	for _, how := range []int{lentOne, lentBatch, lentNone} {
		if err == error(ErrState) {
			err = m.back(how, "nabd_consumer_nack", call)
		}
	}
	return err
}

// Seek lets the whole group go on at another message, and tells where: there, or at the nearest
// that is kept. What this member holds is released, what others hold stays theirs.
func (m *Member) Seek(sequence uint64) (uint64, error) {
	if err := m.lock(); err != nil {
		return 0, err
	}
	defer m.unlock()
	if m.lent != lentNone {
		return 0, ErrState
	}
	var actual C.uint64_t
	rc := C.nabd_consumer_seek(m.c, C.uint64_t(sequence), &actual)
	return uint64(actual), errOf(rc)
}

// SetWait chooses how the member waits.
func (m *Member) SetWait(o WaitOptions) error {
	if err := m.lock(); err != nil {
		return err
	}
	defer m.unlock()
	return m.setWait(o, nil)
}
