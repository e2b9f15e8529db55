// SPDX-License-Identifier: MIT

package nabd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What a member does not get done the group has again, counted.
func TestMemberRedelivers(t *testing.T) {
	q := both(t)
	a := join(t, q, 1)
	push(t, q, "a", "b")
	for how, end := range endings {
		ending(t, how, func() error { return a.Peek(func(Msg) error { return end() }) })
	}
	b := join(t, q, 1)
	must(t, b.Peek(func(msg Msg) error {
		if string(msg.Data) != "b" && !msg.Redelivered {
			t.Errorf("%q %+v", msg.Data, msg)
		}
		return nil
	}))
	msg, err := a.PeekMsg()
	must(t, err)
	if string(msg.Data) == "a" && (!msg.Redelivered || msg.Deliveries != 4) {
		t.Errorf("%+v", msg)
	}
	must(t, a.Nack())
	wants(t, a.Nack(), ErrState)
	_, err = a.PeekMsgs(2)
	must(t, err)
	must(t, a.Close()) // what it holds goes on when it has given it back
	_, err = a.Pop()
	wants(t, err, ErrClosed)
	must(t, a.Keep())
	got, err := b.PeekMsgContext(patient(t))
	if must(t, err); !got.Redelivered {
		t.Errorf("%+v", got)
	}
	must(t, b.Release())
}

func TestSeekAndStats(t *testing.T) {
	q := both(t)
	m := join(t, q, 1, FromOldest())
	push(t, q, "a", "b", "c")
	pops(t, m, "a")
	if actual, err := m.Seek(2); err != nil || actual != 2 {
		t.Error(actual, err)
	}
	pops(t, m, "c")
	stats, err := m.Stats()
	if err != nil || stats.Group != 1 || stats.State != 0 {
		t.Errorf("%+v %v", stats, err)
	}
	info, err := q.GroupInfo(1)
	if err != nil || info.Members != 1 || info.State&GroupAlive == 0 {
		t.Errorf("%+v %v", info, err)
	}
	if member, err := q.MemberInfo(1, 0); err != nil || member.Alive != 1 {
		t.Errorf("%+v %v", member, err)
	}
	_, err = q.MemberInfo(1, 5)
	wants(t, err, ErrNotFound)
	late := join(t, q, 2, FromNewest(), Ephemeral(), MaxStall(time.Second), MaxLag(4))
	sequence := join(t, q, 3, FromSequence(3))
	push(t, q, "d")
	pops(t, late, "d")
	pops(t, sequence, "d")
	must(t, q.Drop(1))
	_, err = m.Pop()
	wants(t, err, ErrDropped)
	if stats, err = m.Stats(); err != nil || Err(stats.State) != ErrDropped {
		t.Errorf("%+v %v", stats, err)
	}
	_, err = q.Join(17)
	wants(t, err, ErrInvalid)
	_, err = q.Join(1, FromOldest(), FromNewest())
	wants(t, err, ErrInvalid)
}

func TestEvicted(t *testing.T) {
	q := both(t)
	m := join(t, q, 1, MaxLag(4))
	for i := 0; i < 9; i++ {
		push(t, q, fmt.Sprint(i))
	}
	_, err := m.Pop()
	wants(t, err, ErrEvicted)
}

func TestDeadLetter(t *testing.T) {
	q := both(t)
	var m *Member
	var letters []string
	answer := func() bool { return true }
	m = join(t, q, 1, MaxDeliveries(1), DeadLetter(func(msg Msg) bool {
		letters = append(letters, string(msg.Data))
		// This member is busy, all else is not.
		_, err := m.Pop()
		wants(t, err, ErrState)
		wants(t, q.Close(), ErrState)
		_, err = q.Stats()
		must(t, err)
		return answer()
	}))
	give := func(msg string) {
		push(t, q, msg)
		wants(t, m.Peek(func(Msg) error { return errOwn }), errOwn)
	}
	give("taken")
	_, err := m.Pop()
	wants(t, err, ErrEmpty)
	answer = func() bool { return false }
	give("refused")
	pops(t, m, "refused")
	// A panic is the receiving call's, which has received nothing.
	for name, receive := range map[string]func() error{
		"Pop":     func() error { _, err := m.Pop(); return err },
		"PopInto": func() error { _, err := m.PopInto(make([]byte, 64)); return err },
		"PopBatch": func() error {
			_, err := m.PopBatch(NewBatch(4, 64))
			return err
		},
		"Peek":    func() error { return m.Peek(func(Msg) error { return nil }) },
		"PeekMsg": func() error { _, err := m.PeekMsg(); return err },
	} {
		answer = func() bool { panic(errOwn) }
		give(name)
		if value := panics(func() { receive() }); value != errOwn {
			t.Errorf("%s: panicked with %v", name, value)
		}
		answer = func() bool { return false }
		pops(t, m, name)
	}
	if text := strings.Join(letters, " "); !strings.HasPrefix(text, "taken refused ") {
		t.Error(text)
	}
}

func TestCheckpoints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	q := both(t)
	m := join(t, q, 1, FromOldest())
	holder := join(t, q, 2)
	push(t, q, "a", "b", "c")
	_, saving, err := m.CheckpointStatus()
	wants(t, err, ErrNotFound)
	must(t, saving)
	_, err = LoadCheckpoint(path)
	wants(t, err, ErrNotFound)
	pops(t, m, "a")
	must(t, m.Save(path))
	pops(t, m, "b")
	resumed, err := m.Resume(path, ResumeExact)
	if err != nil || resumed.State != ResumedExact || resumed.Sequence != 1 {
		t.Errorf("%+v %v", resumed, err)
	}
	pops(t, m, "b")
	checkpoint, err := LoadCheckpoint(path)
	stats, _ := q.Stats()
	if err != nil || checkpoint.Sequence != 1 || checkpoint.Group != 1 ||
		checkpoint.Incarnation != stats.Incarnation || time.Since(checkpoint.Saved()) > time.Hour {
		t.Errorf("%+v %v", checkpoint, err)
	}
	wants(t, holder.Save(path), ErrForeign)
	wants(t, m.Save("a\x00b"), ErrInvalid)
	wants(t, m.CheckpointAuto(path, 0, 0), ErrInvalid)
	must(t, m.CheckpointAuto(path, 1, 0))
	pops(t, m, "c")
	must(t, m.Close()) // saves
	if checkpoint, err = LoadCheckpoint(path); err != nil || checkpoint.Sequence != 3 {
		t.Errorf("%+v %v", checkpoint, err)
	}
	sequence, _, err := holder.CheckpointStatus()
	if !errors.Is(err, ErrNotFound) || sequence != 0 {
		t.Error(sequence, err)
	}
	must(t, holder.CheckpointStop())
}

func TestMetrics(t *testing.T) {
	q := both(t)
	join(t, q, 1)
	before, err := q.Metrics()
	must(t, err)
	fill(t, q)
	after, err := q.Metrics()
	if err != nil || after.Head != 8 || after.Fill != 8 || after.State&StateFull == 0 {
		t.Errorf("%+v %v", after, err)
	}
	rates, err := RatesBetween(before, after)
	if err != nil || rates.Messages <= 0 || rates.Full <= 0 {
		t.Errorf("%+v %v", rates, err)
	}
	_, err = RatesBetween(after, before)
	wants(t, err, ErrInvalid)
	_, err = RatesBetween(Metrics{}, after)
	wants(t, err, ErrInvalid)
	if group, err := q.GroupMetrics(1); err != nil || group.Lag != 8 || group.Owner != OwnerAlive {
		t.Errorf("%+v %v", group, err)
	}
	if member, err := q.MemberMetrics(1, 0); err != nil || member.Alive != 1 {
		t.Errorf("%+v %v", member, err)
	}
	for format, begin := range map[MetricsFormat]string{MetricsText: "q", MetricsJSON: "{",
		MetricsPrometheus: "#"} {
		if text, err := q.FormatMetrics(format); err != nil || !strings.HasPrefix(text, begin) {
			t.Errorf("%v: %q %v", format, text, err)
		}
	}
	_, err = q.FormatMetrics(99)
	wants(t, err, ErrInvalid)
}

// Cut off to 32 bits each of these would be right, and be somebody else's.
func TestNumbersThatDoNotFit(t *testing.T) {
	q := both(t, Timestamps())
	m := join(t, q, 1)
	for _, wide := range []int64{1 << 32, -1 << 32} {
		off := int(wide)
		if int64(off) != wide {
			continue // an int has 32 bits itself
		}
		for _, option := range []JoinOption{MaxDeliveries(off), MaxDeliveries(-1),
			MaxStall(time.Duration(off) * time.Millisecond)} {
			_, err := q.Join(2, option)
			wants(t, err, ErrInvalid)
		}
		_, err := q.Join(off + 1)
		wants(t, err, ErrInvalid)
		if q.Drop(off+1) == nil {
			t.Error("another group was dropped")
		}
		if _, err := q.GroupInfo(off + 1); err == nil {
			t.Error("another group was looked at")
		}
		if _, err := q.Latency(uint(off), 0); !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
		if _, err := q.Latency(0, uint(off)+LatencyAll); !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
		wants(t, q.SetBackpressure(&Backpressure{High: off + 80, Low: 50}), ErrInvalid)
		wants(t, q.SetBackpressure(&Backpressure{High: 80, Low: off + 50}), ErrInvalid)
		if _, err := q.FormatMetrics(MetricsJSON + MetricsFormat(off)); !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
		for _, option := range []Option{Owner(off), Group(off), Align(off + 8)} {
			_, err := Open("odd", place(t), Create(2, 8), option)
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%v", err)
			}
		}
	}
	push(t, q, "mine")
	pops(t, m, "mine")
}

// A function that ends its goroutine, as t.FailNow does, may not leave the frames of C behind:
// with them a copy of each letter was lost.
func TestDeadLetterEndsItsGoroutine(t *testing.T) {
	const long, times = 1 << 20, 200
	q := open(t, "long", place(t), Create(2, long), Producer(), Consumer())
	letters := 0
	m := join(t, q, 1, MaxDeliveries(1), DeadLetter(func(Msg) bool {
		letters++
		runtime.Goexit()
		return true
	}))
	must(t, q.Push(make([]byte, long)))
	_, err := m.PeekMsg()
	must(t, err)
	must(t, m.Nack())
	for i := 0; i < times; i++ {
		soon(t, "Pop", func() {
			if panics(func() { m.Pop() }) == nil {
				t.Error("no panic")
			}
		})
	}
	// Pages, of which the second number is those in memory.
	text, err := os.ReadFile("/proc/self/statm")
	must(t, err)
	var all, pages int
	fmt.Sscan(string(text), &all, &pages)
	if letters != times || pages*os.Getpagesize() > long*times*3/4 {
		t.Errorf("%d letters, %d pages", letters, pages)
	}
}
