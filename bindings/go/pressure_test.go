// SPDX-License-Identifier: MIT

package nabd

import (
	"context"
	"strings"
	"testing"
)

// The functions run when the call is over: they may send, and panic.
func TestBackpressure(t *testing.T) {
	q := both(t)
	_, err := q.Pop()
	wants(t, err, ErrEmpty)
	var told []string
	tell := func(what string) func() { return func() { told = append(told, what) } }
	must(t, q.SetBackpressure(&Backpressure{High: 50, Low: 25, OnLow: tell("low"),
		OnHigh: func() {
			tell("high")()
			push(t, q, "more") // not refused
			panic(errOwn)
		}, OnFull: tell("full")}))
	value := panics(func() {
		for i := 0; i < 8; i++ {
			push(t, q, "x")
		}
	})
	if value != errOwn {
		t.Errorf("panicked with %v", value)
	}
	if pressured, err := q.Pressured(); err != nil || !pressured {
		t.Error(pressured, err)
	}
	fill(t, q)
	for err = nil; err == nil; {
		_, err = q.Pop()
	}
	if pressured, err := q.Pressured(); err != nil || pressured {
		t.Error(pressured, err)
	}
	if text := strings.Join(told, " "); text != "high full low" {
		t.Error(text)
	}
	wants(t, q.SetBackpressure(&Backpressure{High: 50, Low: 50}), ErrInvalid)
	must(t, q.SetBackpressure(nil))
	fill(t, q)
	if len(told) != 3 {
		t.Error(told)
	}
}

// Dead letters into another queue, whose watermarks call a function that uses both.
func TestDeadLettersQueue(t *testing.T) {
	dir := place(t)
	dead := open(t, "dead", dir, Create(2, 64), Producer(), Consumer())
	_, err := dead.Pop()
	wants(t, err, ErrEmpty)
	q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
	m := join(t, q, 1, MaxDeliveries(1), DeadLetters(dead))
	told := 0
	must(t, dead.SetBackpressure(&Backpressure{High: 50, Low: 0, OnHigh: func() {
		told++
		_, err := m.Pop()
		wants(t, err, ErrEmpty)
		wants(t, dead.Push(make([]byte, 65)), ErrTooBig)
	}}))
	wants(t, dead.Close(), ErrState)
	for i := 0; i < 2; i++ {
		push(t, q, "letter")
		wants(t, m.Peek(func(Msg) error { return errOwn }), errOwn)
		soon(t, "Pop", func() { _, err = m.Pop() })
		wants(t, err, ErrEmpty)
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	pops(t, dead, "letter", "letter")
	must(t, m.Close())
	must(t, dead.Close())
	_, err = q.Join(1, DeadLetters(dead))
	wants(t, err, ErrClosed)
}

// What a function is told when the slots are committed ends the call, but not the slots that
// another has reserved by then.
func TestBackpressurePanicsBesideAnother(t *testing.T) {
	q := both(t)
	_, err := q.Pop()
	wants(t, err, ErrEmpty)
	begun, goOn, sent := make(chan bool), make(chan bool), make(chan error, 1)
	must(t, q.SetBackpressure(&Backpressure{High: 50, Low: 0, OnHigh: func() {
		go func() {
			sent <- q.Reserve(7, func(slot []byte) error {
				close(begun)
				<-goOn
				copy(slot, "another")
				return nil
			})
		}()
		<-begun
		panic(errOwn)
	}}))
	all := func(slots [][]byte, _ []uint32) (int, error) { return len(slots), nil }
	_, err = q.ReserveBatch(6, 8, all)
	must(t, err)
	if value := panics(func() { q.ReserveBatch(1, 8, all) }); value != errOwn {
		t.Errorf("panicked with %v", value)
	}
	close(goOn)
	must(t, <-sent)
}

// Nobody is told while a slot is lent: he could not send, and might end the call that is to give
// it back.
func TestBackpressureWaitsForTheSlot(t *testing.T) {
	q := both(t)
	_, err := q.Pop()
	wants(t, err, ErrEmpty)
	told := 0
	must(t, q.SetBackpressure(&Backpressure{High: 50, Low: 25, OnLow: func() {
		told++
		push(t, q, "not refused")
		panic(errOwn)
	}}))
	for round := 1; round <= 2; round++ {
		fill(t, q)
		for err = nil; err == nil; {
			_, err = q.Pop()
		}
		if value := panics(func() {
			must(t, q.Reserve(1, func([]byte) error {
				if told != round-1 {
					t.Error("told while it is lent")
				}
				return nil
			}))
		}); value != errOwn || told != round {
			t.Errorf("panicked with %v, told %d times", value, told)
		}
	}
}

// A handle that was closed while a slot was lent is let go whatever is told then.
func TestBackpressurePanicsAfterClose(t *testing.T) {
	dir := place(t)
	q := open(t, "q", dir, Create(2, 64), Producer(), Consumer())
	_, err := q.Pop()
	wants(t, err, ErrEmpty)
	must(t, q.SetBackpressure(&Backpressure{High: 50, Low: 0, OnHigh: func() { panic(errOwn) }}))
	push(t, q, "half")
	slot, err := q.Slot(1)
	must(t, err)
	slot[0] = 1
	must(t, q.Close())
	if value := panics(func() { q.Commit(1) }); value != errOwn {
		t.Errorf("panicked with %v", value)
	}
	open(t, "q", dir, Producer())
}

// Of several functions that are due all are called, whatever the first does.
func TestBackpressureTellsAll(t *testing.T) {
	q := both(t)
	_, err := q.Pop()
	wants(t, err, ErrEmpty)
	fill(t, q)
	full := 0
	must(t, q.SetBackpressure(&Backpressure{High: 50, Low: 0, OnHigh: func() { panic(errOwn) },
		OnFull: func() { full++ }}))
	if value := panics(func() { q.Push(nil) }); value != errOwn || full != 1 {
		t.Errorf("panicked with %v, and %d times full", value, full)
	}
}

// A function that is called in a receiving call, about the queue of its dead letters, may end it:
// then nothing has been received.
func TestPressureOfDeadLettersPanics(t *testing.T) {
	for name, receive := range map[string]func(m *Member) error{
		"Pop":     func(m *Member) error { _, err := m.Pop(); return err },
		"PopInto": func(m *Member) error { _, err := m.PopInto(make([]byte, 64)); return err },
		"PopBatch": func(m *Member) error {
			_, err := m.PopBatch(NewBatch(4, 64))
			return err
		},
		"Peek":    func(m *Member) error { return m.Peek(func(Msg) error { return nil }) },
		"PeekMsg": func(m *Member) error { _, err := m.PeekMsg(); return err },
	} {
		dir := place(t)
		dead := open(t, "dead", dir, Create(2, 64), Producer(), Consumer())
		_, err := dead.Pop()
		wants(t, err, ErrEmpty)
		q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
		m := join(t, q, 1, MaxDeliveries(1), DeadLetters(dead))
		must(t, dead.SetBackpressure(&Backpressure{High: 50, Low: 0,
			OnHigh: func() { panic(errOwn) }}))
		push(t, dead, "half")
		push(t, q, "letter", "next")
		wants(t, m.Peek(func(Msg) error { return errOwn }), errOwn)
		if value := panics(func() { receive(m) }); value != errOwn {
			t.Errorf("%s: panicked with %v", name, value)
		}
		msg, err := m.PeekMsg()
		must(t, err)
		if string(msg.Data) != "next" || msg.Deliveries != 1 || msg.Redelivered {
			t.Errorf("%s: %q %+v", name, msg.Data, msg)
		}
		must(t, m.Release())
	}
}

// A function that changes the batch that is being sent has what it holds then sent, not what lies
// behind it.
func TestBackpressureChangesTheBatch(t *testing.T) {
	q := both(t)
	_, err := q.Pop()
	wants(t, err, ErrEmpty)
	var b Batch
	for i := 0; i < 10; i++ {
		b.Append([]byte("short"))
	}
	long := strings.Repeat("l", 60)
	must(t, q.SetBackpressure(&Backpressure{High: 100, Low: 0, OnFull: func() {
		for i := 0; i < 8; i++ {
			_, err := q.Pop()
			must(t, err)
		}
		b.Reset()
		for i := 0; i < 9; i++ {
			b.Append(nil)
		}
		b.Append([]byte(long))
	}}))
	sent, err := q.SendPacked(context.Background(), &b)
	must(t, err)
	if sent != 10 {
		t.Errorf("sent %d", sent)
	}
	for _, want := range []string{"", long} {
		msg, err := q.Pop()
		must(t, err)
		if string(msg) != want {
			t.Errorf("got %q, not %q", msg, want)
		}
	}
}
