// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"libnabd/nabd"
)

type command struct {
	min, max int
	run      func(r *runner, w []string)
}

const many = 40

var commands = map[string]command{}

func add(more map[string]command) {
	for name, command := range more {
		commands[name] = command
	}
}

func init() {
	add(map[string]command{
		"open":               {5, many, runOpen},
		"close":              {1, 1, runClose},
		"unlink":             {1, 1, func(r *runner, w []string) { r.say(nabd.Unlink(w[1])) }},
		"push":               {2, 2, runPush},
		"push_wait":          {3, 3, runPushWait},
		"push_backoff":       {3, 3, runPushBackoff},
		"reserve":            {2, 2, runReserve},
		"reserve_wait":       {3, 3, runReserve},
		"commit":             {2, 2, runCommit},
		"abort":              {1, 1, runAbort},
		"reserve_batch":      {3, 3, runReserveBatch},
		"reserve_batch_wait": {4, 4, runReserveBatch},
		"commit_batch":       {2, 2, runCommitBatch},
		"push_batch":         {2, 2, runPushBatch},
		"push_batch_wait":    {3, 3, runPushBatch},
		"backpressure":       {2, 3, runBackpressure},
		"pressured":          {1, 1, runPressured},
		"backoff":            {1, 1, runBackoff},
	})
}

func option(list *[]nabd.Option, o nabd.Option) func() {
	return func() { *list = append(*list, o) }
}

func runOpen(r *runner, w []string) {
	var o []nabd.Option
	slots, size := r.int(w[3]), r.int(w[4])
	o = append(o, nabd.Sizes(slots, size))
	r.set(w[5], map[string]func(){
		"create":     option(&o, nabd.Create(slots, size)),
		"excl":       option(&o, nabd.Exclusive()),
		"producer":   option(&o, nabd.Producer()),
		"consumer":   option(&o, nabd.Consumer()),
		"observe":    option(&o, nabd.Observe()),
		"overwrite":  option(&o, nabd.Overwrite()),
		"timestamps": option(&o, nabd.Timestamps()),
	})
	for _, word := range w[6:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "mode":
			mode, err := strconv.ParseUint(value, 8, 32)
			if err != nil {
				r.fail("not a mode: %s", value)
			}
			o = append(o, nabd.Mode(os.FileMode(mode)))
		case "align":
			o = append(o, nabd.Align(r.int(value)))
		case "dir":
			o = append(o, nabd.Dir(value))
		case "opts":
			r.set(value, map[string]func(){
				"prefault":   option(&o, nabd.Prefault()),
				"mlock":      option(&o, nabd.Lock()),
				"huge_pages": option(&o, nabd.HugePages()),
				"any_owner":  option(&o, nabd.AnyOwner()),
			})
		default:
			r.fail("unknown key %s", key)
		}
	}
	v := r.variable(w[1])
	q, err := nabd.Open(w[2], o...)
	*v = variable{name: w[1], fd: -1, q: q}
	r.say(err)
}

func runClose(r *runner, w []string) {
	v := r.find(w[1])
	if err := v.close(); err != nil {
		r.say(err)
		return
	}
	r.say(nil)
}

func runPush(r *runner, w []string) { r.say(r.queue(w[1]).Push(r.data(w[2]))) }

func runPushWait(r *runner, w []string) {
	ctx, cancel := r.timeout(w[3])
	defer cancel()
	r.say(r.queue(w[1]).Send(ctx, r.data(w[2])))
}

func (r *runner) backoff(retries string) nabd.BackoffOptions {
	return nabd.BackoffOptions{Retries: uint32(r.number(retries)), Base: time.Microsecond,
		Cap: time.Microsecond}
}

func runPushBackoff(r *runner, w []string) {
	r.say(r.queue(w[1]).PushBackoff(r.data(w[2]), r.backoff(w[3])))
}

func runBackoff(r *runner, w []string) {
	b, err := nabd.NewBackoff(r.backoff(w[1]))
	n := 0
	for err == nil {
		if err = b.Wait(); err == nil {
			n++
		}
	}
	r.sayAlways(err, strconv.Itoa(n))
}

func runReserve(r *runner, w []string) {
	q, v := r.queue(w[1]), r.find(w[1])
	var slot []byte
	var err error
	if w[0] == "reserve" {
		slot, err = q.Slot(r.int(w[2]))
	} else {
		ctx, cancel := r.timeout(w[3])
		defer cancel()
		slot, err = q.SlotContext(ctx, r.int(w[2]))
	}
	if err == nil {
		v.slot = slot
	}
	r.say(err)
}

func runCommit(r *runner, w []string) {
	data := r.data(w[2])
	q, v := r.queue(w[1]), r.find(w[1])
	copy(v.slot, data)
	err := q.Commit(len(data))
	if err == nil {
		v.slot = nil
	}
	r.say(err)
}

func runAbort(r *runner, w []string) {
	q, v := r.queue(w[1]), r.find(w[1])
	err := q.Abort()
	if err == nil {
		v.slot, v.slots = nil, nil
	}
	r.say(err)
}

func runReserveBatch(r *runner, w []string) {
	q, v := r.queue(w[1]), r.find(w[1])
	var slots [][]byte
	var err error
	if w[0] == "reserve_batch" {
		slots, err = q.Slots(r.int(w[3]), r.int(w[2]))
	} else {
		ctx, cancel := r.timeout(w[4])
		defer cancel()
		slots, err = q.SlotsContext(ctx, r.int(w[3]), r.int(w[2]))
	}
	if err == nil {
		v.slots = slots
	}
	r.say(err, strconv.Itoa(len(slots)))
}

func runCommitBatch(r *runner, w []string) {
	q, v := r.queue(w[1]), r.find(w[1])
	var lens []uint32
	for i, msg := range r.list(w[2]) {
		if i < len(v.slots) {
			copy(v.slots[i], msg)
		}
		lens = append(lens, uint32(len(msg)))
	}
	err := q.CommitBatch(lens)
	if err == nil {
		v.slots = nil
	}
	r.say(err)
}

func runPushBatch(r *runner, w []string) {
	q := r.queue(w[1])
	if w[0] == "push_batch" {
		n, err := q.PushBatch(r.list(w[2]))
		r.say(err, strconv.Itoa(n))
		return
	}
	ctx, cancel := r.timeout(w[3])
	defer cancel()
	n, err := q.SendBatch(ctx, r.list(w[2]))
	r.sayAlways(err, strconv.Itoa(n))
}

func runBackpressure(r *runner, w []string) {
	q := r.queue(w[1])
	if w[2] == "none" {
		r.say(q.SetBackpressure(nil))
		return
	}
	tell := func(what string) func() {
		return func() { r.out.WriteString("= " + what + "\n") }
	}
	r.say(q.SetBackpressure(&nabd.Backpressure{High: r.int(w[2]), Low: r.int(w[3]),
		OnHigh: tell("on_high"), OnLow: tell("on_low"), OnFull: tell("on_full")}))
}

func runPressured(r *runner, w []string) {
	r.sayAnswer(r.queue(w[1]).Pressured())
}
