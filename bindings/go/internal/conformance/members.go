// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"libnabd/nabd"
)

type receiver interface {
	nabd.Waitable
	PeekMsg() (nabd.Msg, error)
	PeekMsgContext(context.Context) (nabd.Msg, error)
	PeekMsgs(int) ([]nabd.Msg, error)
	PeekMsgsContext(context.Context, int) ([]nabd.Msg, error)
	Release() error
	ReleaseBatch(int) error
	Pop() ([]byte, error)
	PopInto([]byte) (int, error)
	Recv(context.Context) ([]byte, error)
	PopBatch(*nabd.Batch) (int, error)
	RecvBatch(context.Context, *nabd.Batch) (int, error)
	SetWait(nabd.WaitOptions) error
	Wake() error
}

func init() {
	add(map[string]command{
		"peek":            {1, 1, runPeek},
		"peek_wait":       {2, 2, runPeek},
		"release":         {1, 1, func(r *runner, w []string) { r.say(r.receiver(w[1]).Release()) }},
		"pop":             {1, 1, runPop},
		"pop_into":        {2, 2, runPopInto},
		"pop_wait":        {2, 2, runPop},
		"peek_batch":      {2, 2, runPeekBatch},
		"peek_batch_wait": {3, 3, runPeekBatch},
		"release_batch":   {2, 2, runReleaseBatch},
		"pop_batch":       {2, 2, runPopBatch},
		"pop_batch_wait":  {3, 3, runPopBatch},
		"lost":            {1, 1, runLost},
		"join":            {3, many, runJoin},
		"nack":            {1, 1, func(r *runner, w []string) { r.say(r.member(w[1]).Nack()) }},
		"seek":            {2, 2, runSeek},
		"drop":            {2, 2, runDrop},
	})
}

func runPeek(r *runner, w []string) {
	var msg nabd.Msg
	var err error
	if w[0] == "peek" {
		msg, err = r.receiver(w[1]).PeekMsg()
	} else {
		ctx, cancel := r.timeout(w[2])
		defer cancel()
		msg, err = r.receiver(w[1]).PeekMsgContext(ctx)
	}
	if err != nil {
		r.say(err)
		return
	}
	r.say(nil, inPlace(msg))
}

func runPeekBatch(r *runner, w []string) {
	var msgs []nabd.Msg
	var err error
	if w[0] == "peek_batch" {
		msgs, err = r.receiver(w[1]).PeekMsgs(r.int(w[2]))
	} else {
		ctx, cancel := r.timeout(w[3])
		defer cancel()
		msgs, err = r.receiver(w[1]).PeekMsgsContext(ctx, r.int(w[2]))
	}
	r.say(err, allInPlace(msgs)...)
}

func runReleaseBatch(r *runner, w []string) {
	r.say(r.receiver(w[1]).ReleaseBatch(r.int(w[2])))
}

func runPop(r *runner, w []string) {
	var data []byte
	var err error
	if w[0] == "pop" {
		data, err = r.receiver(w[1]).Pop()
	} else {
		ctx, cancel := r.timeout(w[2])
		defer cancel()
		data, err = r.receiver(w[1]).Recv(ctx)
	}
	r.say(err, text(data))
}

func runPopInto(r *runner, w []string) {
	buf := make([]byte, r.int(w[2]))
	n, err := r.receiver(w[1]).PopInto(buf)
	switch err {
	case nil:
		r.say(nil, text(buf[:n]))
	case error(nabd.ErrBuffer):
		r.sayAlways(err, strconv.Itoa(n))
	default:
		r.say(err)
	}
}

func runPopBatch(r *runner, w []string) {
	b := nabd.NewBatch(r.int(w[2]), 1<<20)
	var err error
	if w[0] == "pop_batch" {
		_, err = r.receiver(w[1]).PopBatch(b)
	} else {
		ctx, cancel := r.timeout(w[3])
		defer cancel()
		_, err = r.receiver(w[1]).RecvBatch(ctx, b)
	}
	r.say(err, texts(b)...)
}

func runLost(r *runner, w []string) {
	gap, total, err := r.queue(w[1]).Lost()
	r.say(err, "gap="+strconv.FormatUint(gap, 10), "total="+strconv.FormatUint(total, 10))
}

func runJoin(r *runner, w []string) {
	var o []nabd.JoinOption
	for _, word := range w[4:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "oldest":
			o = append(o, nabd.FromOldest())
		case "newest":
			o = append(o, nabd.FromNewest())
		case "sequence":
			o = append(o, nabd.FromSequence(uint64(r.number(value))))
		case "ephemeral":
			o = append(o, nabd.Ephemeral())
		case "max_deliveries":
			o = append(o, nabd.MaxDeliveries(r.int(value)))
		case "max_stall_ms":
			o = append(o, nabd.MaxStall(time.Duration(r.number(value))*time.Millisecond))
		case "max_lag":
			o = append(o, nabd.MaxLag(uint64(r.number(value))))
		case "dead_letters":
			o = append(o, nabd.DeadLetters(r.queue(value)))
		case "dead_letter":
			take := value == "take"
			o = append(o, nabd.DeadLetter(func(msg nabd.Msg) bool {
				r.out.WriteString("= dead_letter " + inPlace(msg) + "\n")
				return take
			}))
		default:
			r.fail("unknown option %s", word)
		}
	}
	q := r.queue(w[2])
	m, err := q.Join(r.int(w[3]), o...)
	*r.variable(w[1]) = variable{name: w[1], fd: -1, m: m}
	r.say(err)
}

func runSeek(r *runner, w []string) {
	var to uint64
	switch w[2] {
	case "oldest":
	case "newest":
		to = math.MaxUint64
	default:
		to = uint64(r.number(w[2]))
	}
	actual, err := r.member(w[1]).Seek(to)
	r.say(err, strconv.FormatUint(actual, 10))
}

func runDrop(r *runner, w []string) { r.say(r.queue(w[1]).Drop(r.int(w[2]))) }
