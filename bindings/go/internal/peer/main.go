// SPDX-License-Identifier: MIT

// Command peer sends and receives what bindings/conformance/README.md says, for all pairs of
// languages.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"strconv"
	"time"

	"libnabd/nabd"
)

const (
	slots, size = 64, 1024
	header      = 12
	longest     = 60 * time.Second
)

// splitmix is the generator that all languages share.
type splitmix uint64

func (s *splitmix) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// message writes message i into buf and tells its length.
func message(i uint64, random *splitmix, buf []byte) int {
	length := header + int(random.next()%1013)
	var pattern [8]byte
	binary.LittleEndian.PutUint64(pattern[:], random.next())
	payload := buf[header:length]
	for at := 0; at < len(payload); at += len(pattern) {
		copy(payload[at:], pattern[:])
	}
	binary.LittleEndian.PutUint64(buf, i)
	binary.LittleEndian.PutUint32(buf[8:], crc32.ChecksumIEEE(payload))
	return length
}

func atMost() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), longest)
}

func send(q *nabd.Queue, count, seed uint64) error {
	random, all := splitmix(seed), uint32(0)
	var buf [size]byte
	for i := uint64(0); i < count; i++ {
		length := message(i, &random, buf[:])
		all = crc32.Update(all, crc32.IEEETable, buf[header:length])
		ctx, cancel := atMost()
		var err error
		if i%2 == 0 {
			err = q.Send(ctx, buf[:length])
		} else {
			err = q.ReserveContext(ctx, length, func(slot []byte) error {
				copy(slot, buf[:length])
				return nil
			})
		}
		cancel()
		if err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
	}
	fmt.Printf("%d %08x\n", count, all)
	return nil
}

func receive(q *nabd.Queue, count, seed uint64) error {
	random, all := splitmix(seed), uint32(0)
	var expected [size]byte
	for i := uint64(0); i < count; i++ {
		length := message(i, &random, expected[:])
		check := func(data []byte) error {
			if !bytes.Equal(data, expected[:length]) {
				return fmt.Errorf("it is another")
			}
			all = crc32.Update(all, crc32.IEEETable, data[header:])
			return nil
		}
		ctx, cancel := atMost()
		var err error
		if i%2 == 0 {
			var data []byte
			if data, err = q.Recv(ctx); err == nil {
				err = check(data)
			}
		} else {
			err = q.PeekContext(ctx, func(msg nabd.Msg) error { return check(msg.Data) })
		}
		cancel()
		if err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
	}
	fmt.Printf("%d %08x\n", count, all)
	return nil
}

func index(msg nabd.Msg) (uint64, error) {
	if len(msg.Data) < header ||
		binary.LittleEndian.Uint32(msg.Data[8:]) != crc32.ChecksumIEEE(msg.Data[header:]) {
		return 0, fmt.Errorf("sequence %d: damaged", msg.Sequence)
	}
	return binary.LittleEndian.Uint64(msg.Data), nil
}

func member(q *nabd.Queue, group int, count uint64, hold bool) error {
	m, err := q.Join(group, nabd.FromOldest())
	if err != nil {
		return err
	}
	defer m.Close()
	fmt.Println("joined")
	for i := uint64(0); i < count; i++ {
		ctx, cancel := atMost()
		err := m.PeekContext(ctx, func(msg nabd.Msg) error {
			i, err := index(msg)
			if err != nil {
				return err
			}
			if msg.Redelivered {
				fmt.Println(i, "redelivered")
			} else {
				fmt.Println(i)
			}
			return nil
		})
		cancel()
		if err != nil {
			return err
		}
	}
	if !hold {
		return nil
	}
	ctx, cancel := atMost()
	defer cancel()
	return m.PeekContext(ctx, func(msg nabd.Msg) error {
		i, err := index(msg)
		if err != nil {
			return err
		}
		fmt.Println("holding", i)
		for {
			time.Sleep(time.Hour)
		}
	})
}

func numbers(words []string) (n [2]uint64, err error) {
	for i := range n {
		if n[i], err = strconv.ParseUint(words[i], 10, 64); err != nil {
			return n, err
		}
	}
	return n, nil
}

func run(words []string) error {
	if len(words) < 4 || len(words) > 5 || (len(words) == 5) != (words[len(words)-1] == "hold") {
		return fmt.Errorf("usage: peer-go send|receive NAME COUNT SEED | " +
			"member NAME GROUP COUNT [hold]")
	}
	n, err := numbers(words[2:])
	if err != nil {
		return err
	}
	side := nabd.Consumer()
	if words[0] == "send" {
		side = nabd.Producer()
	}
	q, err := nabd.Open(words[1], nabd.Create(slots, size), side)
	if err != nil {
		return err
	}
	defer q.Close()
	switch words[0] {
	case "send":
		return send(q, n[0], n[1])
	case "receive":
		return receive(q, n[0], n[1])
	case "member":
		return member(q, int(n[0]), n[1], len(words) == 5)
	}
	return fmt.Errorf("what is %s?", words[0])
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peer-go:", err)
		os.Exit(1)
	}
}
