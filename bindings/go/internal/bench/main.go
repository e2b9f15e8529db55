// SPDX-License-Identifier: MIT

// Command bench tells how long a message takes in and out: see bindings/conformance/README.md.
// The mode crossing is two calls of a function of C that does nothing: what no message in and out
// can be faster than here, one at a time.
package main

// static int nothing(unsigned long a, unsigned long b, long c) { return (int)(a + b + c); }
import "C"

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"time"

	"libnabd/nabd"
)

const (
	slots = 1024
	turn  = 512 // messages in, and then out
	batch = 64
)

var sum uint64 // so that what is read is read

// A mode is how to do a turn in and a turn out.
type mode struct{ in, out func() error }

func copying(q *nabd.Queue, size int) mode {
	data, buf := make([]byte, size), make([]byte, size)
	return mode{
		func() error { return q.Push(data) },
		func() error {
			_, err := q.PopInto(buf)
			return err
		},
	}
}

func batching(q *nabd.Queue, size int) mode {
	var in nabd.Batch
	for i := 0; i < batch; i++ {
		in.Append(make([]byte, size))
	}
	out := nabd.NewBatch(batch, batch*size)
	return mode{
		func() error { return all(q.PushPacked(&in)) },
		func() error { return all(q.PopBatch(out)) },
	}
}

func crossing(size int) mode {
	call := func() error {
		sum += uint64(C.nothing(1, 2, C.long(size)))
		return nil
	}
	return mode{call, call}
}

func inPlace(q *nabd.Queue, size int) mode {
	i := uint64(0)
	write := func(slot []byte) error {
		i++
		binary.LittleEndian.PutUint64(slot, i)
		return nil
	}
	read := func(msg nabd.Msg) error {
		sum += binary.LittleEndian.Uint64(msg.Data)
		return nil
	}
	return mode{
		func() error { return q.Reserve(size, write) },
		func() error { return q.Peek(read) },
	}
}

func batchInPlace(q *nabd.Queue, size int) mode {
	i := uint64(0)
	write := func(slots [][]byte, _ []uint32) (int, error) {
		for _, slot := range slots {
			i++
			binary.LittleEndian.PutUint64(slot, i)
		}
		return len(slots), nil
	}
	read := func(msgs []nabd.Msg) (int, error) {
		for j := range msgs {
			sum += binary.LittleEndian.Uint64(msgs[j].Data)
		}
		return len(msgs), nil
	}
	return mode{
		func() error { return all(q.ReserveBatch(batch, size, write)) },
		func() error { return all(q.PeekBatch(batch, read)) },
	}
}

func all(n int, err error) error {
	if err == nil && n != batch {
		return fmt.Errorf("%d messages at once, not %d", n, batch)
	}
	return err
}

func (m mode) round(calls int) error {
	for i := 0; i < calls; i++ {
		if err := m.in(); err != nil {
			return err
		}
	}
	for i := 0; i < calls; i++ {
		if err := m.out(); err != nil {
			return err
		}
	}
	return nil
}

func run(name string, size, count int) error {
	queue := fmt.Sprintf("bench-go-%d", os.Getpid())
	q, err := nabd.Open(queue, nabd.Create(slots, size), nabd.Exclusive(), nabd.Producer(),
		nabd.Consumer())
	if err != nil {
		return err
	}
	defer q.Close()
	defer nabd.Unlink(queue)
	var m mode
	calls := turn
	switch name {
	case "copy":
		m = copying(q, size)
	case "batch":
		m, calls = batching(q, size), turn/batch
	case "place":
		m = inPlace(q, size)
	case "crossing":
		m = crossing(size)
	case "place-batch":
		m, calls = batchInPlace(q, size), turn/batch
	default:
		return fmt.Errorf("what is the mode %s?", name)
	}
	if _, err := q.Pop(); err != error(nabd.ErrEmpty) {
		return fmt.Errorf("a new queue: %v", err)
	}
	if err := m.round(calls); err != nil {
		return err
	}
	began := time.Now()
	for done := 0; done < count; done += turn {
		if err := m.round(calls); err != nil {
			return err
		}
	}
	ns := float64(time.Since(began)) / float64(count)
	fmt.Printf("{\"language\": \"go\", \"mode\": %q, \"size\": %d, \"count\": %d, \"ns\": %.2f}\n",
		name, size, count, ns)
	return nil
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: bench-go MODE SIZE COUNT")
		os.Exit(2)
	}
	size, err1 := strconv.Atoi(os.Args[2])
	count, err2 := strconv.Atoi(os.Args[3])
	if err1 != nil || err2 != nil || size < 8 || count <= 0 || count%turn != 0 {
		fmt.Fprintln(os.Stderr, "bench-go: SIZE is 8 or more, COUNT a multiple of", turn)
		os.Exit(2)
	}
	if err := run(os.Args[1], size, count); err != nil {
		fmt.Fprintln(os.Stderr, "bench-go:", err)
		os.Exit(1)
	}
}
