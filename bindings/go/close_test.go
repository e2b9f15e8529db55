// SPDX-License-Identifier: MIT

package nabd

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// A member that is closed while it reads keeps its handle mapped, and lets it go at the end.
func TestCloseAroundReadingMember(t *testing.T) {
	dir := place(t)
	q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
	letters := open(t, "letters", dir, Create(8, 64), Producer())
	m := join(t, q, 1, DeadLetters(letters), MaxDeliveries(2))
	push(t, q, "a message")
	must(t, m.Peek(func(msg Msg) error {
		wants(t, q.Close(), ErrState)
		must(t, m.Close())
		must(t, q.Close())
		must(t, letters.Close())
		wants(t, q.Push(nil), ErrClosed)
		if string(msg.Data) != "a message" {
			t.Errorf("%q", msg.Data)
		}
		if q.h == nil || letters.h == nil {
			t.Error("what is read is not mapped any more")
		}
		return nil
	}))
	if q.h != nil || letters.h != nil || m.c != nil {
		t.Error("not let go")
	}
	// The roles are free again.
	must(t, open(t, "q", dir, Producer()).Close())
	must(t, open(t, "letters", dir, Producer()).Close())
}

// Close does not take away what a function holds; the last one to return unmaps.
func TestCloseWhileLent(t *testing.T) {
	for name, lend := range map[string]func(q *Queue, inside func([]byte)) error{
		"Reserve": func(q *Queue, inside func([]byte)) error {
			return q.Reserve(64, func(slot []byte) error { inside(slot); return nil })
		},
		"ReserveBatch": func(q *Queue, inside func([]byte)) error {
			_, err := q.ReserveBatch(2, 64, func(slots [][]byte, _ []uint32) (int, error) {
				inside(slots[0])
				return len(slots), nil
			})
			return err
		},
		"Peek": func(q *Queue, inside func([]byte)) error {
			return q.Peek(func(msg Msg) error { inside(msg.Data); return nil })
		},
		"PeekBatch": func(q *Queue, inside func([]byte)) error {
			_, err := q.PeekBatch(2, func(msgs []Msg) (int, error) {
				inside(msgs[0].Data)
				return 1, nil
			})
			return err
		},
		"Slot": func(q *Queue, inside func([]byte)) error {
			slot, err := q.Slot(64)
			if err == nil {
				inside(slot)
				err = q.Commit(64)
			}
			return err
		},
		"PeekMsg": func(q *Queue, inside func([]byte)) error {
			msg, err := q.PeekMsg()
			if err == nil {
				inside(msg.Data)
				err = q.Release()
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := place(t)
			q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
			push(t, q, "a", "b")
			var sum byte
			must(t, lend(q, func(data []byte) {
				must(t, q.Close())
				wants(t, q.Push(nil), ErrClosed)
				_, err := q.Stats()
				wants(t, err, ErrClosed)
				for _, b := range data {
					sum += b
				}
				_, err = Open("q", dir, Producer())
				wants(t, err, ErrBusy) // its role is held as yet
			}))
			open(t, "q", dir, Producer())
			wants(t, q.Close(), ErrClosed)
		})
	}
}

// Close ends every wait.
func TestCloseWhileWaiting(t *testing.T) {
	var b Batch
	for i := 0; i < 20; i++ {
		b.Append([]byte("x"))
	}
	waits := map[string]func(ctx context.Context, p, c *Queue, m *Member) error{
		"Recv": func(ctx context.Context, _, c *Queue, _ *Member) error {
			_, err := c.Recv(ctx)
			return err
		},
		"Member": func(ctx context.Context, _, _ *Queue, m *Member) error {
			_, err := m.Recv(ctx)
			return err
		},
		"PeekContext": func(ctx context.Context, _, c *Queue, _ *Member) error {
			return c.PeekContext(ctx, func(Msg) error { return nil })
		},
		"Send": func(ctx context.Context, p, _ *Queue, _ *Member) error { return p.Send(ctx, nil) },
		"SendPacked": func(ctx context.Context, p, _ *Queue, _ *Member) error {
			_, err := p.SendPacked(ctx, &b)
			return err
		},
		"WaitAny": func(ctx context.Context, _, c *Queue, m *Member) error {
			ready, err := WaitAny(ctx, c, m)
			if err == nil {
				for _, one := range ready {
					if one.Err != nil {
						err = one.Err
					}
				}
			}
			return err
		},
	}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			p, c := pair(t)
			m := join(t, c, 1)
			if name == "Send" || name == "SendPacked" {
				fill(t, p)
			}
			ended := make(chan error, 3)
			for i := 0; i < cap(ended); i++ {
				go func() { ended <- wait(context.Background(), p, c, m) }()
			}
			time.Sleep(20 * time.Millisecond) // most often they are parked by then
			must(t, m.Close())
			must(t, c.Close())
			must(t, p.Close())
			for i := 0; i < cap(ended); i++ {
				select {
				case err := <-ended:
					wants(t, err, ErrClosed)
				case <-time.After(patience):
					t.Fatal("still waiting")
				}
			}
		})
	}
}

// Close against everything at once: errors, but nothing worse.
func TestCloseAtAnyMoment(t *testing.T) {
	for round := 0; round < 30; round++ {
		q := both(t)
		m := join(t, q, 1)
		var wg sync.WaitGroup
		begin := make(chan struct{})
		for _, call := range []func(ctx context.Context) error{
			func(ctx context.Context) error { return q.Send(ctx, []byte("x")) },
			func(ctx context.Context) error { _, err := q.Recv(ctx); return err },
			func(ctx context.Context) error { _, err := m.Recv(ctx); return err },
			func(context.Context) error { _, err := q.Stats(); return err },
			func(context.Context) error { return q.Wake() },
			func(context.Context) error { return m.Wake() },
			func(context.Context) error {
				return q.Reserve(8, func(slot []byte) error { slot[7] = 1; return nil })
			},
			func(ctx context.Context) error {
				return m.PeekContext(ctx, func(msg Msg) error { return nil })
			},
			func(ctx context.Context) error { _, err := WaitAny(ctx, m); return err },
		} {
			wg.Add(1)
			go func(call func(ctx context.Context) error) {
				defer wg.Done()
				<-begin
				ctx := patient(t)
				for i := 0; i < 200; i++ {
					if errors.Is(call(ctx), ErrClosed) {
						return
					}
				}
			}(call)
		}
		close(begin)
		time.Sleep(time.Duration(round) * 20 * time.Microsecond)
		must(t, m.Close())
		must(t, q.Close())
		soon(t, "one of them", wg.Wait)
	}
}

// A member may be closed while its function for dead letters runs, by that and by others: the call
// that has called it lets it go.
func TestCloseWithinDeadLetter(t *testing.T) {
	for _, other := range []bool{false, true} {
		dir := place(t)
		q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
		var m *Member
		m = join(t, q, 1, MaxDeliveries(1), DeadLetter(func(Msg) bool {
			closed := make(chan error, 1)
			if other {
				go func() { closed <- m.Close() }()
			} else {
				closed <- m.Close()
			}
			must(t, <-closed)
			wants(t, m.Close(), ErrClosed)
			_, err := m.Pop()
			wants(t, err, ErrState)
			must(t, q.Close())
			return true
		}))
		push(t, q, "letter", "next")
		wants(t, m.Peek(func(Msg) error { return errOwn }), errOwn)
		soon(t, "Peek", func() {
			must(t, m.Peek(func(msg Msg) error {
				if string(msg.Data) != "next" || q.h == nil {
					t.Errorf("%q", msg.Data)
				}
				return nil
			}))
		})
		open(t, "q", dir, Producer())
		if q.h != nil || m.c != nil {
			t.Error("not let go")
		}
	}
}

// Messages ends with Close also where nobody takes what it has.
func TestCloseEndsMessages(t *testing.T) {
	dir := place(t)
	q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
	push(t, q, "a", "b")
	messages, failed := q.Messages(context.Background())
	<-messages
	must(t, q.Close())
	soon(t, "Messages", func() { wants(t, failed(), ErrClosed) })
	open(t, "q", dir, Producer())
}

// What a close that had to wait failed with is told to who gives back what it waited for.
func TestCloseFailsLater(t *testing.T) {
	q := both(t)
	m := join(t, q, 1)
	folder := t.TempDir() + "/gone"
	must(t, os.Mkdir(folder, 0o700))
	must(t, m.CheckpointAuto(folder+"/checkpoint", 100, 0))
	push(t, q, "a")
	wants(t, m.Peek(func(Msg) error {
		must(t, os.RemoveAll(folder))
		must(t, m.Close())
		return nil
	}), ErrSystem)
}

// And to who closes, where another has let it go for him.
func TestCloseFailsElsewhere(t *testing.T) {
	q := both(t)
	m := join(t, q, 1, MaxDeliveries(1), DeadLetter(func(Msg) bool { return true }))
	folder := t.TempDir() + "/gone"
	must(t, os.Mkdir(folder, 0o700))
	must(t, m.CheckpointAuto(folder+"/checkpoint", 100, 0))
	push(t, q, "a")
	pops(t, m, "a")
	must(t, os.RemoveAll(folder))
	must(t, m.lock()) // as a receiving call
	closed := make(chan error, 1)
	go func() { closed <- m.Close() }()
	for !m.life.closed.Load() {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(2 * time.Millisecond)
	m.unlock()
	wants(t, <-closed, ErrSystem)
}

// And to who calls next, where it was closed while a dead letter was judged: neither that Close nor
// the call that received could tell it.
func TestCloseFailsWithin(t *testing.T) {
	for name, next := range map[string]func(m *Member) error{
		"Close":   func(m *Member) error { return m.Close() },
		"Pop":     func(m *Member) error { _, err := m.Pop(); return err },
		"Release": func(m *Member) error { return m.Release() },
		"Save":    func(m *Member) error { return m.Save("x") },
	} {
		t.Run(name, func(t *testing.T) {
			q := both(t)
			folder := t.TempDir() + "/gone"
			var m *Member
			m = join(t, q, 1, MaxDeliveries(1), DeadLetter(func(Msg) bool {
				must(t, os.RemoveAll(folder))
				must(t, m.Close())
				return true
			}))
			must(t, os.Mkdir(folder, 0o700))
			must(t, m.CheckpointAuto(folder+"/checkpoint", 100, 0))
			push(t, q, "bad", "good")
			_, err := m.PeekMsg()
			must(t, err)
			must(t, m.Nack())
			pops(t, m, "good")
			wants(t, next(m), ErrSystem)
			wants(t, next(m), ErrClosed)
			wants(t, m.Close(), ErrClosed)
		})
	}
}

// Queues may be each other's for dead letters: each joined while both are closed, all have to lock
// them in one order.
func TestJoinLocksInOrder(t *testing.T) {
	one, two := both(t), both(t)
	unlook, err := lookBoth(one, two)
	must(t, err)
	unlook()
	if uintptr(unsafe.Pointer(two)) < uintptr(unsafe.Pointer(one)) {
		one, two = two, one
	}
	for _, pair := range [][2]*Queue{{one, two}, {two, one}} {
		one.look.Lock()
		joined := make(chan error, 1)
		go func() {
			m, err := pair[0].Join(1, DeadLetters(pair[1]), MaxDeliveries(1))
			if err == nil {
				err = m.Close()
			}
			joined <- err
		}()
		for i := 0; i < 20; i++ {
			if !two.look.TryLock() {
				t.Error("locked first")
				break
			}
			two.look.Unlock()
			time.Sleep(100 * time.Microsecond)
		}
		one.look.Unlock()
		must(t, <-joined)
	}
	must(t, two.Close())
	_, err = one.Join(1, DeadLetters(two))
	wants(t, err, ErrClosed)
	must(t, one.Close())
}

// A close between the steps of WaitAny is told as such, and not as what the system says of a
// descriptor that is gone, or that is another's by then.
func TestCloseBesideWaitAny(t *testing.T) {
	dir := place(t)
	c := open(t, "lasting", dir, Create(2, 8), Consumer())
	for round := 0; round < 50; round++ {
		q := open(t, "q", dir, Create(2, 8), Consumer())
		var wg sync.WaitGroup
		for i := 0; i < 3; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				ready, err := WaitAny(context.Background(), c, q)
				if err != nil || ready[0].Err != nil || ready[1].Err != ErrClosed {
					t.Error(ready, err)
				}
			}()
		}
		time.Sleep(time.Duration(round*4) * time.Microsecond)
		must(t, q.Close())
		soon(t, "WaitAny", wg.Wait)
	}
}
