// SPDX-License-Identifier: MIT

package nabd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"
)

// patience is how long a test waits for what has to come; none depends on how long it takes.
const patience = time.Minute

// place is a folder in shared memory for one test, with its name and the process's.
func place(t testing.TB) Option {
	t.Helper()
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, fmt.Sprintf("nabd-go-test-%d-", os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return Dir(dir)
}

func open(t testing.TB, name string, options ...Option) *Queue {
	t.Helper()
	q, err := Open(name, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

// both makes a queue of 8 slots of 64 bytes that is sent to and received from.
func both(t testing.TB, more ...Option) *Queue {
	t.Helper()
	return open(t, "q", append([]Option{place(t), Create(8, 64), Producer(), Consumer()}, more...)...)
}

// pair makes a handle for each side.
func pair(t testing.TB, more ...Option) (p, c *Queue) {
	t.Helper()
	more = append([]Option{place(t), Create(8, 64)}, more...)
	p = open(t, "q", append(more, Producer())...)
	return p, open(t, "q", append(more, Consumer())...)
}

func join(t testing.TB, q *Queue, group int, options ...JoinOption) *Member {
	t.Helper()
	m, err := q.Join(group, options...)
	if err != nil {
		t.Fatal(err)
	}
	// Before the queue, whose cleanup was registered earlier.
	t.Cleanup(func() { m.Close() })
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, not %v", err, want)
	}
}

func push(t testing.TB, q *Queue, msgs ...string) {
	t.Helper()
	for _, msg := range msgs {
		must(t, q.Push([]byte(msg)))
	}
}

type popper interface{ Pop() ([]byte, error) }

func pops(t testing.TB, q popper, msgs ...string) {
	t.Helper()
	for _, msg := range msgs {
		data, err := q.Pop()
		must(t, err)
		if string(data) != msg {
			t.Fatalf("got %q, not %q", data, msg)
		}
	}
}

func fill(t testing.TB, q *Queue) {
	t.Helper()
	for {
		if err := q.Push([]byte("full")); err != nil {
			wants(t, err, ErrFull)
			return
		}
	}
}

// soon fails the test if a call does not come back.
func soon(t testing.TB, what string, call func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		call()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s does not come back", what)
	}
}

func patient(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// panics gives what a call panicked with.
func panics(call func()) (value any) {
	defer func() { value = recover() }()
	call()
	return nil
}
