// SPDX-License-Identifier: MIT

// Package nabd passes messages between the processes of one Linux machine through a ring of slots
// in shared memory, without a daemon and without a system call per message: libnabd for Go.
//
// # A sender and a receiver
//
//	q, err := nabd.Open("prices", nabd.Create(1024, 4096), nabd.Producer())
//	…
//	err = q.Send(ctx, []byte("hello"))
//
//	q, err := nabd.Open("prices", nabd.Consumer())
//	…
//	data, err := q.Recv(ctx)
//
// Each call has a form that answers at once, with [ErrEmpty] or [ErrFull], and one with a
// context that waits: Pop and Recv, Push and Send, Peek and PeekContext. A wait tries for some
// microseconds and then parks the goroutine, as one that reads from a socket is: no thread
// stays in C. (The exception: Send and its like on a handle that was opened for both sides
// look every 2 ms. Open one for each side.)
//
// # Fast
//
// A call of C costs Go some 50 ns, several times what a message costs. So send and receive many
// at once: [Queue.PushPacked] and [Queue.PopBatch] move a [Batch] in one call, and use its
// memory again; [Queue.PushBatch] takes a [][]byte.
//
// # Without a copy
//
// [Queue.Reserve] lets a function write a message where the receiver reads it: it is sent when
// the function answers nil, and not if it answers an error or panics. [Queue.Peek] lets one read
// it there: it is done when the function answers nil; otherwise it will come again.
//
// What such a function is given is the queue's memory. The slice is void when the function has
// returned; who keeps it reads another message, or, after Close, memory that is not there,
// which no Go program survives. Nobody else's Close takes it away under a function that
// runs. To write to a peeked message is an error that this package can't prevent. And
// another process that may write to the queue can change the bytes while they are read: who does
// not trust it uses Pop or Recv, which copy once, and checks the copy.
//
// # Groups
//
// [Queue.Join] makes a [Member] of a consumer group. Each group gets every message; members share
// those of their group. What a member held when it died, or gave back by an error of
// the function of Peek, is delivered again, marked and counted; dead letters go to a
// function or queue.
//
// # Goroutines, Close, fork
//
// Every method may be called by any goroutine at any time. Calls of one side of a handle follow
// each other; while something is lent to a function they answer [ErrState]. After Close every
// call answers [ErrClosed], also those that were waiting. Nothing closes a handle that is
// forgotten but the end of the process, after which others go on as after a crash.
//
// A handle can't be used in a forked child, but a Go program does not fork without exec.
//
// # Errors
//
// Compare with errors.Is: with the constants of [Err], and with os.ErrClosed, fs.ErrNotExist,
// fs.ErrExist, fs.ErrPermission and the errors of syscall. A wait that the context has ended
// answers the context's error.
package nabd
