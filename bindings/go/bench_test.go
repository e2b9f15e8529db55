// SPDX-License-Identifier: MIT

package nabd

import "testing"

func benchQueue(b *testing.B) *Queue {
	q := open(b, "q", place(b), Create(1024, 64), Producer(), Consumer())
	_, err := q.Pop()
	wants(b, err, ErrEmpty)
	b.ReportAllocs()
	b.ResetTimer()
	return q
}

func BenchmarkPushPop(b *testing.B) {
	q := benchQueue(b)
	data, buf := make([]byte, 64), make([]byte, 64)
	for i := 0; i < b.N; i++ {
		err := q.Push(data)
		if err == nil {
			_, err = q.PopInto(buf)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBatch64(b *testing.B) {
	q := benchQueue(b)
	var out Batch
	for i := 0; i < 64; i++ {
		out.Append(make([]byte, 64))
	}
	in := NewBatch(64, 64*64)
	for i := 0; i < b.N; i += 64 {
		_, err := q.PushPacked(&out)
		if err == nil {
			_, err = q.PopBatch(in)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReservePeek(b *testing.B) {
	q := benchQueue(b)
	for i := 0; i < b.N; i++ {
		err := q.Reserve(64, func(slot []byte) error { slot[0] = byte(i); return nil })
		if err == nil {
			err = q.Peek(func(msg Msg) error { return nil })
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// What C is given a number for may not lie on a stack, which moves.
func TestWhatIsGivenIsNotOnTheStack(t *testing.T) {
	q := both(t)
	bytes, lengths, starts := make([]byte, 64), make([]uint32, 8), make([]int, 8)
	for name, call := range map[string]func(){
		"Push":        func() { var data [64]byte; q.Push(data[:]) },
		"PopInto":     func() { var buf [64]byte; q.PopInto(buf[:]) },
		"CommitBatch": func() { var lens [8]uint32; q.CommitBatch(lens[:]) },
		"PushPacked": func() {
			var buf [64]byte
			q.PushPacked(&Batch{buf: buf[:], lens: lengths, starts: starts})
		},
		"PushPacked's lengths": func() {
			var lens [8]uint32
			q.PushPacked(&Batch{buf: bytes, lens: lens[:], starts: starts})
		},
		"PopBatch": func() {
			var buf [64]byte
			q.PopBatch(&Batch{buf: buf[:], lens: lengths, starts: starts})
		},
		"PopBatch's lengths": func() {
			var lens [8]uint32
			q.PopBatch(&Batch{buf: bytes, lens: lens[:], starts: starts})
		},
	} {
		if n := testing.AllocsPerRun(100, call); n == 0 {
			t.Errorf("%s: on the stack", name)
		}
	}
}

// What is done for every message may not allocate.
func TestNothingIsAllocated(t *testing.T) {
	q := both(t)
	data, buf, in := make([]byte, 8), make([]byte, 8), NewBatch(4, 64)
	var out Batch
	out.Append(data)
	write := func([]byte) error { return nil }
	read := func(Msg) error { return nil }
	writeAll := func(slots [][]byte, _ []uint32) (int, error) { return len(slots), nil }
	readAll := func(msgs []Msg) (int, error) { return len(msgs), nil }
	for name, call := range map[string]func(){
		"Push and PopInto":        func() { q.Push(data); q.PopInto(buf) },
		"PushPacked and PopBatch": func() { q.PushPacked(&out); q.PopBatch(in) },
		"Reserve and Peek":        func() { q.Reserve(8, write); q.Peek(read) },
		"ReserveBatch and PeekBatch": func() {
			q.ReserveBatch(4, 8, writeAll)
			q.PeekBatch(4, readAll)
		},
		"ErrEmpty": func() { q.PopInto(buf) },
	} {
		if n := testing.AllocsPerRun(100, call); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
