// SPDX-License-Identifier: MIT

package nabd

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// Who waits is woken by what comes; a wait that was cancelled harms no later one.
func TestWaits(t *testing.T) {
	for name, how := range map[string]WaitOptions{"power": Power, "balanced": Balanced,
		"latency": Latency, "short slices": {Slice: time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			p, c := pair(t, Waiting(how))
			m := join(t, c, 1)
			for round := 0; round < 5; round++ {
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
				_, err := c.Recv(ctx)
				wants(t, err, context.DeadlineExceeded)
				_, err = m.Recv(ctx) // was over before
				wants(t, err, context.DeadlineExceeded)
				cancel()
				got := make(chan error, 2)
				for _, r := range []anyReceiver{c, m} {
					go func(r anyReceiver) {
						data, err := r.Recv(patient(t))
						if err == nil && string(data) != "hello" {
							err = fmt.Errorf("%q", data)
						}
						got <- err
					}(r)
				}
				must(t, p.Send(patient(t), []byte("hello")))
				must(t, <-got)
				must(t, <-got)
				fill(t, p)
				ctx, cancel = context.WithCancel(context.Background())
				time.AfterFunc(time.Millisecond, cancel)
				wants(t, p.Send(ctx, nil), context.Canceled)
				sent := make(chan error, 1)
				go func() { sent <- p.Send(patient(t), []byte("late")) }()
				for late := 0; late < 2; {
					for _, r := range []anyReceiver{c, m} {
						data, err := r.Recv(patient(t))
						if must(t, err); string(data) == "late" {
							late++
						}
					}
				}
				must(t, <-sent)
			}
		})
	}
}

// A handle with both sides has no descriptor about free slots.
func TestSendOfBothSides(t *testing.T) {
	q := both(t)
	_, err := q.Pop()
	wants(t, err, ErrEmpty)
	fill(t, q)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	wants(t, q.Send(ctx, nil), context.DeadlineExceeded)
	sent := make(chan error, 1)
	go func() { sent <- q.Send(patient(t), []byte("late")) }()
	_, err = q.Recv(patient(t))
	must(t, err)
	must(t, <-sent)
}

func TestWake(t *testing.T) {
	p, c := pair(t)
	_, err := c.Pop() // its group begins here
	wants(t, err, ErrEmpty)
	m := join(t, c, 1)
	fill(t, p)
	fillers := 8
	for i := 0; i < fillers; i++ {
		pops(t, c, "full")
		pops(t, m, "full")
	}
	for round := 0; round < 3; round++ {
		woken := make(chan error, 2)
		go func() { _, err := c.Recv(patient(t)); woken <- err }()
		go func() { _, err := m.Recv(patient(t)); woken <- err }()
		must(t, c.Wake())
		must(t, m.Wake())
		wants(t, <-woken, ErrWoken)
		wants(t, <-woken, ErrWoken)
	}
}

func TestWaitsThatEnd(t *testing.T) {
	dir := place(t)
	p := open(t, "q", dir, Create(8, 64), Producer())
	c := open(t, "q", dir, Consumer(), Waiting(WaitOptions{WhileProducer: true, UntilUnlinked: true,
		Slice: time.Millisecond}))
	_, err := c.Pop() // its group begins here
	wants(t, err, ErrEmpty)
	m := join(t, c, 1)
	push(t, p, "left")
	must(t, p.Close())
	for _, r := range []anyReceiver{c, m} {
		data, err := r.Recv(patient(t)) // first what there is
		if must(t, err); string(data) != "left" {
			t.Errorf("%q", data)
		}
		_, err = r.Recv(patient(t))
		wants(t, err, ErrNoProducer)
	}
	open(t, "q", dir, Producer())
	time.AfterFunc(5*time.Millisecond, func() { Unlink("q", dir) })
	_, err = c.Recv(patient(t))
	wants(t, err, ErrUnlinked)
	wants(t, c.SetWait(WaitOptions{Slice: -1}), ErrInvalid)
}

func TestWaitAny(t *testing.T) {
	p1, c1 := pair(t)
	p2, c2 := pair(t)
	m := join(t, c2, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	_, err := WaitAny(ctx, c1, m)
	wants(t, err, context.DeadlineExceeded)
	_, err = WaitAny(ctx)
	wants(t, err, ErrInvalid)
	for round := 0; round < 20; round++ {
		p := []*Queue{p1, p2}[round%2]
		time.AfterFunc(time.Duration(round%4)*time.Millisecond, func() { p.Push([]byte("x")) })
		ready, err := WaitAny(patient(t), c1, m)
		if must(t, err); !ready[round%2].Is || ready[1-round%2].Is {
			t.Fatalf("round %d: %+v", round, ready)
		}
		pops(t, []popper{c1, m}[round%2], "x")
	}
	// A sender is ready when a slot is free.
	ready, err := WaitAny(patient(t), c1, p1)
	if err != nil || ready[0].Is || !ready[1].Is {
		t.Error(ready, err)
	}
}

// Any number of goroutines on one handle: each message arrives once, and nobody else's does.
func TestManyGoroutinesOnOneHandle(t *testing.T) {
	p, c := pair(t)
	const senders, each = 4, 500
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	for s := 0; s < senders; s++ {
		wg.Add(1)
		go func(s int) {
			defer wg.Done()
			for i := 0; i < each; i++ {
				if err := p.Send(ctx, []byte(fmt.Sprint(s, " ", i))); err != nil {
					t.Error(err)
					return
				}
				p.Stats()
			}
		}(s)
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	for r := 0; r < 4; r++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				data, err := c.Recv(ctx)
				if errors.Is(err, context.Canceled) {
					return
				}
				mu.Lock()
				if err != nil || seen[string(data)] {
					t.Errorf("%q %v", data, err)
				}
				seen[string(data)] = true
				all := len(seen) == senders*each
				mu.Unlock()
				if all {
					cancel()
				}
			}
		}()
	}
	soon(t, "one of them", wg.Wait)
	if len(seen) != senders*each {
		t.Errorf("%d messages", len(seen))
	}
}

// Who comes to park a moment after a close finds the file closed, and is told what the others are;
// and gets no file of a descriptor that may be another's by then.
func TestParkAfterClose(t *testing.T) {
	q := both(t)
	f, err := q.file()
	must(t, err)
	tx := open(t, "tx", place(t), Create(2, 8), Producer())
	g, err := tx.file()
	must(t, err)
	must(t, q.Close())
	must(t, tx.Close())
	wants(t, park(context.Background(), q.life, f, nil), ErrClosed)
	wants(t, park(context.Background(), tx.life, g, nil), ErrClosed)
	for _, one := range []*Queue{q, tx} {
		_, err = one.file()
		wants(t, err, ErrClosed)
	}
}

// Close does not wait for who is just about to park, as he may want a lock that it holds, or call
// it himself.
func TestCloseBeforePark(t *testing.T) {
	q := both(t)
	tx := open(t, "tx", place(t), Create(2, 8), Producer())
	soon(t, "a close within a wait", func() {
		wants(t, q.wait.wait(context.Background(), q.life, q.file, func() (bool, error) {
			return false, q.Close()
		}), ErrClosed)
		wants(t, tx.tx.wait.wait(context.Background(), tx.life, tx.file, func() (bool, error) {
			return false, tx.Close()
		}), ErrClosed)
	})
}

// A wait that begins when Close has set its mark and told the file, as it comes to park, does not
// take the one for the other's: nobody would wake it.
func TestParkSeesTheMark(t *testing.T) {
	q := both(t)
	f, err := q.file()
	must(t, err)
	closed := newLife()
	closed.closed.Store(true)
	f.SetReadDeadline(past)
	soon(t, "park", func() {
		wants(t, park(context.Background(), closed, f, func() (bool, error) {
			t.Error("asked")
			return false, nil
		}), ErrClosed)
	})
}
