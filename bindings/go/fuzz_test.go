// SPDX-License-Identifier: MIT

package nabd

import (
	"bytes"
	"testing"
)

// FuzzCalls makes whatever calls the bytes say, in any order, and compares what arrives.
func FuzzCalls(f *testing.F) {
	for _, seed := range []string{"", "pppooo", "psgkgrscsaqbqB", "bBbBmMmnmNx", "gxsx",
		"ppgg\x00rk"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, calls []byte) {
		q := open(t, "q", place(t), Create(4, 16), Producer(), Consumer())
		var sent [][]byte
		var slot []byte
		in := NewBatch(3, 16)
		took := func(data []byte, err error) {
			if err == nil {
				if len(sent) == 0 || !bytes.Equal(data, sent[0]) {
					t.Fatalf("%q of %q", data, sent)
				}
				sent = sent[1:]
			}
		}
		for i, call := range calls {
			msg := bytes.Repeat([]byte{byte(i)}, i%19)
			switch call {
			case 'p':
				if q.Push(msg) == nil {
					sent = append(sent, msg)
				}
			case 'b':
				n, _ := q.PushBatch([][]byte{msg, nil, msg})
				sent = append(sent, [][]byte{msg, {}, msg}[:n]...)
			case 'B':
				if n, err := q.PopBatch(in); err == nil {
					for j := 0; j < n; j++ {
						took(in.At(j), nil)
					}
				}
			case 'o':
				took(q.Pop())
			case 's':
				if s, err := q.Slot(i % 19); err == nil {
					slot = s
					copy(slot, msg)
				}
			case 'c':
				if q.Commit(len(slot)) == nil {
					sent = append(sent, append([]byte{}, slot...))
				}
			case 'a':
				q.Abort()
			case 'q':
				q.Slots(i%5, 4)
			case 'g':
				if m, err := q.PeekMsg(); err == nil && !bytes.Equal(m.Data, sent[0]) {
					t.Fatalf("%q of %q", m.Data, sent)
				}
			case 'r':
				if q.Release() == nil {
					sent = sent[1:]
				}
			case 'k':
				q.Keep()
			case 'm':
				q.PeekMsgs(i % 5)
			case 'n':
				if q.ReleaseBatch(i%3) == nil {
					sent = sent[i%3:]
				}
			case 'x':
				q.Close()
			}
		}
	})
}

// FuzzName opens whatever name: nothing but a valid one is opened.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"q", "/q", "", "a/b", "..", "a\x00", "ä", "x y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		q, err := Open(name, place(t), Create(1, 8))
		if err != nil {
			wants(t, err, ErrName)
			return
		}
		must(t, q.Close())
		for i, c := range []byte(name) {
			if (i > 0 || c != '/') && !bytes.ContainsRune([]byte("._-"), rune(c)) &&
				(c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				t.Fatalf("%q is opened", name)
			}
		}
	})
}
