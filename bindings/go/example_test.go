// SPDX-License-Identifier: MIT

package nabd_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"libnabd/nabd"
)

// folder is where the examples' queues live; a program needs no Dir.
func folder() (nabd.Option, func()) {
	dir, err := os.MkdirTemp("/dev/shm", fmt.Sprintf("nabd-go-example-%d-", os.Getpid()))
	if err != nil {
		log.Fatal(err)
	}
	return nabd.Dir(dir), func() { os.RemoveAll(dir) }
}

func Example() {
	dir, remove := folder()
	defer remove()

	p, err := nabd.Open("prices", nabd.Create(1024, 4096), nabd.Producer(), dir)
	if err != nil {
		log.Fatal(err)
	}
	defer p.Close()
	c, err := nabd.Open("prices", nabd.Consumer(), dir)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	if err := p.Push([]byte("hello")); err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	data, err := c.Recv(ctx)
	fmt.Println(string(data), err)
	_, err = c.Pop()
	fmt.Println(errors.Is(err, nabd.ErrEmpty))
	// Output:
	// hello <nil>
	// true
}

func ExampleQueue_Reserve() {
	dir, remove := folder()
	defer remove()
	q, err := nabd.Open("q", nabd.Create(8, 64), nabd.Producer(), nabd.Consumer(), dir)
	if err != nil {
		log.Fatal(err)
	}
	defer q.Close()

	err = q.Reserve(5, func(slot []byte) error {
		copy(slot, "12345")
		return nil // an error, or a panic, would send nothing
	})
	fmt.Println(err)
	err = q.Peek(func(msg nabd.Msg) error {
		fmt.Printf("%d: %s\n", msg.Sequence, msg.Data)
		return nil // after an error it would come again
	})
	fmt.Println(err)
	// Output:
	// <nil>
	// 0: 12345
	// <nil>
}

func ExampleQueue_PushPacked() {
	dir, remove := folder()
	defer remove()
	q, err := nabd.Open("q", nabd.Create(1024, 64), nabd.Producer(), nabd.Consumer(), dir)
	if err != nil {
		log.Fatal(err)
	}
	defer q.Close()

	var out nabd.Batch // both are used again and again
	in := nabd.NewBatch(64, 64*64)
	for i := 0; i < 3; i++ {
		out.Append([]byte(fmt.Sprint("message ", i)))
	}
	fmt.Println(q.PushPacked(&out))
	fmt.Println(q.PopBatch(in))
	for i := 0; i < in.Len(); i++ {
		fmt.Println(string(in.At(i)))
	}
	// Output:
	// 3 <nil>
	// 3 <nil>
	// message 0
	// message 1
	// message 2
}

func ExampleQueue_Join() {
	dir, remove := folder()
	defer remove()
	q, err := nabd.Open("jobs", nabd.Create(8, 64), nabd.Producer(), nabd.Consumer(), dir)
	if err != nil {
		log.Fatal(err)
	}
	defer q.Close()
	worker, err := q.Join(1, nabd.MaxDeliveries(3))
	if err != nil {
		log.Fatal(err)
	}
	defer worker.Close()
	if err := q.Push([]byte("job")); err != nil {
		log.Fatal(err)
	}
	for tries := 1; tries <= 2; tries++ {
		err := worker.Peek(func(msg nabd.Msg) error {
			fmt.Println(string(msg.Data), msg.Deliveries, msg.Redelivered)
			if tries == 1 {
				return errors.New("not now")
			}
			return nil
		})
		fmt.Println(err)
	}
	// Output:
	// job 1 false
	// not now
	// job 2 true
	// <nil>
}

func ExampleQueue_Messages() {
	dir, remove := folder()
	defer remove()
	q, err := nabd.Open("q", nabd.Create(8, 64), nabd.Producer(), nabd.Consumer(), dir)
	if err != nil {
		log.Fatal(err)
	}
	defer q.Close()
	if _, err := q.PushBatch([][]byte{[]byte("a"), []byte("b")}); err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	messages, failed := q.Messages(ctx)
	for msg := range messages {
		fmt.Println(string(msg.Data))
		if string(msg.Data) == "b" {
			cancel()
		}
	}
	fmt.Println(failed())
	// Output:
	// a
	// b
	// context canceled
}
