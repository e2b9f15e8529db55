// SPDX-License-Identifier: MIT

package nabd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"unsafe"
)

func TestPushAndPop(t *testing.T) {
	p, c := pair(t)
	_, err := c.Pop()
	wants(t, err, ErrEmpty)
	push(t, p, "a", "", "ccc")
	wants(t, p.Push(make([]byte, 65)), ErrTooBig)
	pops(t, c, "a", "")
	n, err := c.PopInto(make([]byte, 2))
	if wants(t, err, ErrBuffer); n != 3 {
		t.Errorf("%d bytes are said to be needed", n)
	}
	buf := make([]byte, 64)
	n, err = c.PopInto(buf)
	if must(t, err); string(buf[:n]) != "ccc" {
		t.Errorf("%q", buf[:n])
	}
	fill(t, p)
	wants(t, p.PushBackoff([]byte("x"), BackoffOptions{Retries: 1, Base: 1, Cap: 1}), ErrFull)
	wants(t, p.PushBackoff(nil, BackoffOptions{Base: -1}), ErrInvalid)
	wants(t, c.Push(nil), ErrRole)
	_, err = p.Pop()
	wants(t, err, ErrRole)
}

// One longer than the memory that Pop begins with.
func TestPopOfLongMessages(t *testing.T) {
	q := open(t, "q", place(t), Create(4, 1<<20), Producer(), Consumer())
	long := bytes.Repeat([]byte("long"), 1<<18)
	for i := 0; i < 2; i++ {
		must(t, q.Push(long))
		data, err := q.Pop()
		if must(t, err); !bytes.Equal(data, long) {
			t.Fatal("another message")
		}
		data[0] = 'x' // ours alone
	}
}

var errOwn = errors.New("the function's own")

// endings are how a function can end but well; each has to undo the same.
var endings = map[string]func() error{
	"error": func() error { return errOwn },
	"panic": func() error { panic(errOwn) },
	"exit":  func() error { runtime.Goexit(); return nil },
}

// ending runs call and fails unless it ends as the function did.
func ending(t *testing.T, how string, call func() error) {
	t.Helper()
	var err error
	var panicked any
	soon(t, how, func() { panicked = panics(func() { err = call() }) })
	if (how == "error" && err != errOwn) || (how == "panic" && panicked != errOwn) {
		t.Fatalf("%s: %v %v", how, err, panicked)
	}
}

func TestReserve(t *testing.T) {
	p, c := pair(t)
	for how, end := range endings {
		ending(t, how, func() error {
			return p.Reserve(8, func(slot []byte) error { copy(slot, "unsent"); return end() })
		})
		ending(t, how, func() error {
			_, err := p.ReserveBatch(3, 8, func([][]byte, []uint32) (int, error) {
				return 3, end()
			})
			return err
		})
	}
	must(t, p.Reserve(5, func(slot []byte) error {
		if len(slot) != 5 || cap(slot) != 5 {
			t.Errorf("%d bytes, %d", len(slot), cap(slot))
		}
		// Meanwhile the side is taken, whatever is tried; and by nobody is it ended.
		wants(t, p.Push(nil), ErrState)
		wants(t, p.Reserve(1, func([]byte) error { return nil }), ErrState)
		wants(t, p.Commit(1), ErrState)
		wants(t, p.Abort(), ErrState)
		copy(slot, "hello")
		return nil
	}))
	n, err := p.ReserveBatch(3, 8, func(slots [][]byte, lens []uint32) (int, error) {
		for i := range slots {
			lens[i] = uint32(copy(slots[i], fmt.Sprint("m", i)))
		}
		return 2, nil
	})
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	for _, bad := range []int{-1, 4} {
		_, err = p.ReserveBatch(3, 8, func([][]byte, []uint32) (int, error) { return bad, nil })
		wants(t, err, ErrInvalid)
	}
	_, err = p.ReserveBatch(1, 8, func(_ [][]byte, lens []uint32) (int, error) {
		lens[0] = 9
		return 1, nil
	})
	wants(t, err, ErrTooBig)
	wants(t, p.Reserve(-1, func([]byte) error { return nil }), ErrTooBig)
	wants(t, p.Reserve(65, func([]byte) error { return nil }), ErrTooBig)
	_, err = p.Slots(0, 8)
	wants(t, err, ErrInvalid)
	push(t, p, "last")
	pops(t, c, "hello", "m0", "m1", "last")
}

func TestSlotByteForByte(t *testing.T) {
	p, c := pair(t)
	slot, err := p.Slot(8)
	must(t, err)
	copy(slot, "shorter!")
	wants(t, p.Commit(9), ErrTooBig)
	must(t, p.Commit(5))
	wants(t, p.Commit(5), ErrState)
	wants(t, p.Abort(), ErrState)
	slots, err := p.Slots(1<<30, 8) // as many as there are
	if must(t, err); len(slots) != 7 {
		t.Errorf("%d slots", len(slots))
	}
	copy(slots[0], "batch")
	wants(t, p.CommitBatch(make([]uint32, 8)), ErrTooBig)
	must(t, p.CommitBatch([]uint32{5}))
	_, err = p.Slots(2, 8)
	must(t, err)
	must(t, p.Abort())
	pops(t, c, "short", "batch")
}

func TestPeek(t *testing.T) {
	p, c := pair(t)
	wants(t, c.Peek(func(Msg) error { return nil }), ErrEmpty)
	push(t, p, "a", "b", "c")
	for how, end := range endings {
		ending(t, how, func() error {
			return c.Peek(func(msg Msg) error {
				if string(msg.Data) != "a" {
					t.Errorf("%q", msg.Data)
				}
				return end()
			})
		})
		ending(t, how, func() error {
			_, err := c.PeekBatch(2, func(msgs []Msg) (int, error) { return len(msgs), end() })
			return err
		})
	}
	must(t, c.Peek(func(msg Msg) error {
		if msg.Sequence != 0 || msg.Redelivered {
			t.Errorf("%+v", msg)
		}
		_, err := c.Pop()
		wants(t, err, ErrState)
		wants(t, c.Release(), ErrState)
		wants(t, c.Keep(), ErrState)
		_, err = c.Arm()
		wants(t, err, ErrState)
		return nil
	}))
	n, err := c.PeekBatch(9, func(msgs []Msg) (int, error) {
		if len(msgs) != 2 || string(msgs[1].Data) != "c" || msgs[1].Sequence != 2 {
			t.Errorf("%+v", msgs)
		}
		return 1, nil
	})
	if err != nil || n != 1 {
		t.Error(n, err)
	}
	_, err = c.PeekBatch(1, func([]Msg) (int, error) { return 2, nil })
	wants(t, err, ErrInvalid)
	msg, err := c.PeekMsg()
	must(t, err)
	kept := msg.Clone()
	must(t, c.Keep())
	pops(t, c, "c")
	push(t, p, "others", "others", "others", "others", "others", "others", "others", "others")
	if string(kept.Data) != "c" {
		t.Errorf("the clone is %q now", kept.Data)
	}
}

// However many messages there are, a loop over them ends with its context.
func TestEachEndsWithContext(t *testing.T) {
	p, c := pair(t)
	push(t, p, "a", "b")
	ctx, cancel := context.WithCancel(context.Background())
	seen := 0
	wants(t, c.Each(ctx, func(Msg) error {
		seen++
		cancel()
		return nil
	}), context.Canceled)
	if seen != 1 {
		t.Errorf("%d messages", seen)
	}
	pops(t, c, "b")
}

// Of an overwriting queue: what was overwritten is told, and how much of it.
func TestOverwritten(t *testing.T) {
	p, c := pair(t, Overwrite())
	_, err := c.Pop()
	wants(t, err, ErrEmpty)
	push(t, p, "first")
	wants(t, c.Peek(func(Msg) error {
		for i := 0; i < 8; i++ {
			push(t, p, fmt.Sprint("m", i))
		}
		return nil
	}), ErrLapped)
	if gap, total, err := c.Lost(); err != nil || gap != 1 || total != 1 {
		t.Error(gap, total, err)
	}
	pops(t, c, "m0")
	messages, _ := c.Messages(patient(t))
	push(t, p, "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "end")
	for msg := range messages { // goes on behind the gap
		if string(msg.Data) == "end" {
			break
		}
	}
}

func TestBatches(t *testing.T) {
	p, c := pair(t)
	in := NewBatch(8, 64)
	_, err := c.PopBatch(in)
	wants(t, err, ErrEmpty)
	_, err = p.PushBatch(nil)
	wants(t, err, ErrInvalid)
	_, err = p.PushPacked(new(Batch))
	wants(t, err, ErrInvalid)
	_, err = c.PopBatch(new(Batch))
	wants(t, err, ErrInvalid)
	_, err = p.PushBatch([][]byte{nil, make([]byte, 65)})
	wants(t, err, ErrTooBig)
	n, err := p.PushBatch([][]byte{nil, {}, nil})
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
	for round := 0; round < 5; round++ {
		n, err = p.PushBatch([][]byte{[]byte("one"), {}, []byte("three"), make([]byte, 60)})
		if err != nil || n != 4 {
			t.Fatal(n, err)
		}
		if round == 0 {
			_, err = c.PopBatch(NewBatch(3, 1)) // those without a byte
			must(t, err)
		}
		n, err = c.PopBatch(in) // as many as fit
		if err != nil || n != 3 || in.Len() != 3 || string(in.At(0)) != "one" ||
			len(in.At(1)) != 0 || string(in.At(2)) != "three" {
			t.Fatalf("%d %v %+v", n, err, in)
		}
		n, err = c.PopBatch(NewBatch(1, 59))
		if wants(t, err, ErrBuffer); n != 60 {
			t.Error(n)
		}
		_, err = c.PopBatch(in)
		must(t, err)
	}
	var out Batch
	for i := 0; i < 9; i++ {
		out.Append([]byte{byte(i)})
	}
	n, err = p.PushPacked(&out)
	if err != nil || n != 8 {
		t.Error(n, err)
	}
	n, err = p.PushPacked(&out)
	if wants(t, err, ErrFull); n != 0 {
		t.Error(n)
	}
	// A batch that was appended to is received into as far as it has room.
	n, err = c.PopBatch(&out)
	if err != nil || n != 8 || out.At(7)[0] != 7 {
		t.Error(n, err)
	}
}

// A length that does not fit, cut off, would be that of a part.
func TestBatchOfTooLong(t *testing.T) {
	p, c := pair(t)
	wide := int64(1)<<32 + 5
	if int64(int(wide)) != wide {
		t.Skip("an int has 32 bits itself")
	}
	msg := make([]byte, 5)
	header := (*reflect.SliceHeader)(unsafe.Pointer(&msg))
	header.Len, header.Cap = int(wide), int(wide)
	var b Batch
	b.Append([]byte("a"))
	b.Append(msg)
	b.Append([]byte("c"))
	if b.Len() != 3 || string(b.At(0)) != "a" || len(b.At(1)) != 0 || string(b.At(2)) != "c" {
		t.Errorf("%+v", b)
	}
	_, err := p.PushPacked(&b)
	wants(t, err, ErrTooBig)
	_, err = c.Pop()
	wants(t, err, ErrEmpty)
}

// All of them, in order, though the ring is much smaller and the receiver takes its time.
func TestSendBatchSendsAll(t *testing.T) {
	p, c := pair(t)
	const many = 1000
	var msgs [][]byte
	for i := 0; i < many; i++ {
		msgs = append(msgs, []byte(fmt.Sprint(i)))
	}
	sent := make(chan error, 1)
	ctx := patient(t)
	go func() {
		n, err := p.SendBatch(ctx, msgs)
		if err == nil && n != many {
			err = fmt.Errorf("%d sent", n)
		}
		sent <- err
	}()
	in := NewBatch(3, 64)
	for i := 0; i < many; {
		_, err := c.RecvBatch(ctx, in)
		must(t, err)
		for j := 0; j < in.Len(); j, i = j+1, i+1 {
			if string(in.At(j)) != string(msgs[i]) {
				t.Fatalf("%q is number %d", in.At(j), i)
			}
		}
	}
	must(t, <-sent)
	fill(t, p)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	n, err := p.SendBatch(cancelled, msgs)
	if wants(t, err, context.Canceled); n != 0 {
		t.Error(n)
	}
}
