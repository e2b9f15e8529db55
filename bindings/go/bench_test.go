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
		must(b, q.Push(data))
		_, err := q.PopInto(buf)
		must(b, err)
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
		must(b, err)
		_, err = q.PopBatch(in)
		must(b, err)
	}
}

func BenchmarkReservePeek(b *testing.B) {
	q := benchQueue(b)
	for i := 0; i < b.N; i++ {
		must(b, q.Reserve(64, func(slot []byte) error { slot[0] = byte(i); return nil }))
		must(b, q.Peek(func(msg Msg) error { return nil }))
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
	for name, call := range map[string]func(){
		"Push and PopInto":        func() { q.Push(data); q.PopInto(buf) },
		"PushPacked and PopBatch": func() { q.PushPacked(&out); q.PopBatch(in) },
		"Reserve and Peek":        func() { q.Reserve(8, write); q.Peek(read) },
		"ErrEmpty":                func() { q.PopInto(buf) },
	} {
		if n := testing.AllocsPerRun(100, call); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
