// SPDX-License-Identifier: MIT

package nabd

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

func TestOpenRefuses(t *testing.T) {
	dir := place(t)
	q := open(t, "q", dir, Create(8, 64), Producer())
	for _, is := range []struct {
		name    string
		options []Option
		want    error
	}{
		{"", nil, ErrName},
		{"a/b", nil, ErrName},
		{"q\x00x", []Option{Consumer()}, ErrName},
		{"none", []Option{Consumer()}, ErrNotFound},
		{"q", []Option{Create(8, 64), Exclusive(), Consumer()}, ErrExists},
		{"q", []Option{Sizes(16, 0), Consumer()}, ErrGeometry},
		{"q", []Option{Overwrite(), Consumer()}, ErrGeometry},
		{"q", []Option{Producer()}, ErrBusy},
		{"q", []Option{Observe(), Consumer()}, ErrInvalid},
		{"new", []Option{Create(-1, 64)}, ErrRange},
		{"new", []Option{Create(8, -1)}, ErrRange},
		{"new", []Option{Create(8, 64), Align(3)}, ErrInvalid},
		{"new", []Option{Create(8, 64), Mode(os.ModeDir)}, ErrInvalid},
		{"q", []Option{Consumer(), Waiting(WaitOptions{Spin: -1})}, ErrInvalid},
	} {
		got, err := Open(is.name, append(is.options, dir)...)
		if got != nil {
			got.Close()
			t.Errorf("%q is opened", is.name)
		}
		if !errors.Is(err, is.want) {
			t.Errorf("%q: %v, not %v", is.name, err, is.want)
		}
	}
	if _, err := Open("q", Dir("a\x00b")); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	if q.SlotCount() != 8 || q.SlotSize() != 64 {
		t.Error(q.SlotCount(), q.SlotSize())
	}
}

func TestOptions(t *testing.T) {
	dir := place(t)
	q := open(t, "q", dir, Create(8, 64), Mode(0o640), Align(64), Prefault(), Group(os.Getgid()),
		Owner(os.Getuid()), AnyOwner(), Overwrite(), Producer(), nil)
	stats, err := q.Stats()
	must(t, err)
	if stats.Align != 64 || stats.State&StateOverwrite == 0 || stats.State&StateProducer == 0 {
		t.Errorf("%+v", stats)
	}
	o := open(t, "q", dir, Observe())
	wants(t, o.Push(nil), ErrRole)
	_, err = o.Pop()
	wants(t, err, ErrRole)
	_, err = o.Join(1)
	wants(t, err, ErrRole)
	if empty, err := o.Empty(); err != nil || !empty {
		t.Error(empty, err)
	}
	if again, err := Open("q", dir, Lock(), Observe()); err == nil {
		must(t, again.Close())
	} else {
		wants(t, err, ErrNoMem)
	}
}

func TestUnlinkDiagnoseRecover(t *testing.T) {
	dir := place(t)
	q := open(t, "q", dir, Create(8, 64), Producer())
	text, err := Diagnose("q", dir)
	if err != nil || text == "" {
		t.Error(text, err)
	}
	_, err = Recover("q", RecoverDo|RecoverRemove, dir)
	wants(t, err, ErrBusy)
	must(t, q.Close())
	if text, err = Recover("q", RecoverDo|RecoverRemove, dir); err != nil || text == "" {
		t.Error(text, err)
	}
	if text, err = Diagnose("q", dir); text == "" {
		t.Error("nothing is said about what is not there")
	}
	wants(t, err, ErrNotFound)
	open(t, "q", dir, Create(8, 64))
	must(t, Unlink("q", dir))
	wants(t, Unlink("q", dir), ErrNotFound)
	wants(t, Unlink("q\x00", dir), ErrName)
	_, err = Recover("q", RecoverDiscard, dir)
	wants(t, err, ErrInvalid)
}

// everything is each method of a queue, and what it answers an error with.
func everything(q *Queue) map[string]error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	all := map[string]error{}
	is := func(name string, err error) { all[name] = err }
	two := func(name string) func(any, error) { return func(_ any, err error) { all[name] = err } }
	var b Batch
	b.Append([]byte("x"))
	write := func([]byte) error { panic("given a slot") }
	writeAll := func([][]byte, []uint32) (int, error) { panic("given slots") }
	is("Push", q.Push(nil))
	is("Send", q.Send(ctx, nil))
	two("PushBatch")(q.PushBatch([][]byte{nil}))
	two("SendBatch")(q.SendBatch(ctx, [][]byte{nil}))
	two("PushPacked")(q.PushPacked(&b))
	two("SendPacked")(q.SendPacked(ctx, &b))
	is("Reserve", q.Reserve(1, write))
	is("ReserveContext", q.ReserveContext(ctx, 1, write))
	two("ReserveBatch")(q.ReserveBatch(1, 1, writeAll))
	two("ReserveBatchContext")(q.ReserveBatchContext(ctx, 1, 1, writeAll))
	two("Slot")(q.Slot(1))
	two("SlotContext")(q.SlotContext(ctx, 1))
	two("Slots")(q.Slots(1, 1))
	two("SlotsContext")(q.SlotsContext(ctx, 1, 1))
	is("Commit", q.Commit(1))
	is("CommitBatch", q.CommitBatch(nil))
	is("Abort", q.Abort())
	is("SetBackpressure", q.SetBackpressure(nil))
	two("Pressured")(q.Pressured())
	is("PushBackoff", q.PushBackoff(nil, DefaultBackoff))
	two("Empty")(q.Empty())
	two("Full")(q.Full())
	two("FillLevel")(q.FillLevel())
	two("MinTail")(q.MinTail())
	two("Stats")(q.Stats())
	two("GroupInfo")(q.GroupInfo(1))
	two("MemberInfo")(q.MemberInfo(1, 0))
	two("Metrics")(q.Metrics())
	two("GroupMetrics")(q.GroupMetrics(1))
	two("MemberMetrics")(q.MemberMetrics(1, 0))
	two("FormatMetrics")(q.FormatMetrics(MetricsText))
	is("Drop", q.Drop(1))
	two("Join")(q.Join(1))
	_, _, lost := q.Lost()
	is("Lost", lost)
	receiving(ctx, q, all)
	is("Close", q.Close())
	return all
}

type anyReceiver interface {
	Waitable
	Pop() ([]byte, error)
	PopInto([]byte) (int, error)
	PopBatch(*Batch) (int, error)
	Recv(context.Context) ([]byte, error)
	RecvInto(context.Context, []byte) (int, error)
	RecvBatch(context.Context, *Batch) (int, error)
	Peek(func(Msg) error) error
	PeekContext(context.Context, func(Msg) error) error
	PeekBatch(int, func([]Msg) (int, error)) (int, error)
	PeekBatchContext(context.Context, int, func([]Msg) (int, error)) (int, error)
	PeekMsg() (Msg, error)
	PeekMsgContext(context.Context) (Msg, error)
	PeekMsgs(int) ([]Msg, error)
	PeekMsgsContext(context.Context, int) ([]Msg, error)
	Release() error
	ReleaseBatch(int) error
	Keep() error
	Each(context.Context, func(Msg) error) error
	Messages(context.Context) (<-chan Msg, func() error)
	SetWait(WaitOptions) error
	Wake() error
}

func receiving(ctx context.Context, r anyReceiver, all map[string]error) {
	is := func(name string, err error) { all[name] = err }
	two := func(name string) func(any, error) { return func(_ any, err error) { all[name] = err } }
	b := NewBatch(1, 64)
	read := func(Msg) error { panic("given a message") }
	readAll := func([]Msg) (int, error) { panic("given messages") }
	two("Pop")(r.Pop())
	two("PopInto")(r.PopInto(nil))
	two("PopBatch")(r.PopBatch(b))
	two("Recv")(r.Recv(ctx))
	two("RecvInto")(r.RecvInto(ctx, nil))
	two("RecvBatch")(r.RecvBatch(ctx, b))
	is("Peek", r.Peek(read))
	is("PeekContext", r.PeekContext(ctx, read))
	two("PeekBatch")(r.PeekBatch(1, readAll))
	two("PeekBatchContext")(r.PeekBatchContext(ctx, 1, readAll))
	two("PeekMsg")(r.PeekMsg())
	two("PeekMsgContext")(r.PeekMsgContext(ctx))
	two("PeekMsgs")(r.PeekMsgs(1))
	two("PeekMsgsContext")(r.PeekMsgsContext(ctx, 1))
	is("Release", r.Release())
	is("ReleaseBatch", r.ReleaseBatch(0))
	is("Keep", r.Keep())
	is("Each", r.Each(ctx, read))
	messages, failed := r.Messages(ctx)
	for range messages {
		panic("received a message")
	}
	is("Messages", failed())
	two("Fd")(r.Fd())
	two("Arm")(r.Arm())
	is("SetWait", r.SetWait(Power))
	is("Wake", r.Wake())
	ready, err := WaitAny(ctx, r)
	if err == nil {
		err = ready[0].Err
	}
	is("WaitAny", err)
}

// Each method of a queue or member that is closed, or was never opened, says so.
func TestClosedIsSaid(t *testing.T) {
	q := both(t)
	m := join(t, q, 1)
	wants(t, q.Close(), ErrState) // a member is open
	must(t, m.Close())
	must(t, q.Close())
	members := func(m *Member) map[string]error {
		all := map[string]error{}
		receiving(patient(t), m, all)
		all["Nack"] = m.Nack()
		_, all["Seek"] = m.Seek(Newest)
		_, all["Stats"] = m.Stats()
		all["Save"] = m.Save("x")
		all["CheckpointAuto"] = m.CheckpointAuto("x", 1, 0)
		all["CheckpointStop"] = m.CheckpointStop()
		_, _, all["CheckpointStatus"] = m.CheckpointStatus()
		_, all["Resume"] = m.Resume("x", ResumeExact)
		all["Close"] = m.Close()
		return all
	}
	soon(t, "one of them", func() {
		for what, all := range map[string]map[string]error{
			"queue": everything(q), "zero queue": everything(new(Queue)),
			"member": members(m), "zero member": members(new(Member)),
		} {
			for name, err := range all {
				if !errors.Is(err, ErrClosed) {
					t.Errorf("%s of a closed %s: %v", name, what, err)
				}
			}
		}
	})
	if n := len(everything(q)); n < 50 {
		t.Errorf("only %d methods", n)
	}
}

// A member that is closed while it reads keeps its handle mapped, and lets it go at the end.
func TestCloseAroundReadingMember(t *testing.T) {
	dir := place(t)
	q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
	letters := open(t, "letters", dir, Create(8, 64), Producer())
	m := join(t, q, 1, DeadLetters(letters), MaxDeliveries(2))
	push(t, q, "a message")
	must(t, m.Peek(func(msg Msg) error {
		wants(t, q.Close(), ErrState)
		must(t, m.Close())
		must(t, q.Close())
		must(t, letters.Close())
		wants(t, q.Push(nil), ErrClosed)
		if string(msg.Data) != "a message" {
			t.Errorf("%q", msg.Data)
		}
		if q.h == nil || letters.h == nil {
			t.Error("what is read is not mapped any more")
		}
		return nil
	}))
	if q.h != nil || letters.h != nil || m.c != nil {
		t.Error("not let go")
	}
	// The roles are free again.
	must(t, open(t, "q", dir, Producer()).Close())
	must(t, open(t, "letters", dir, Producer()).Close())
}

// Close does not take away what a function holds; the last one to return unmaps.
func TestCloseWhileLent(t *testing.T) {
	for name, lend := range map[string]func(q *Queue, inside func([]byte)) error{
		"Reserve": func(q *Queue, inside func([]byte)) error {
			return q.Reserve(64, func(slot []byte) error { inside(slot); return nil })
		},
		"ReserveBatch": func(q *Queue, inside func([]byte)) error {
			_, err := q.ReserveBatch(2, 64, func(slots [][]byte, _ []uint32) (int, error) {
				inside(slots[0])
				return len(slots), nil
			})
			return err
		},
		"Peek": func(q *Queue, inside func([]byte)) error {
			return q.Peek(func(msg Msg) error { inside(msg.Data); return nil })
		},
		"PeekBatch": func(q *Queue, inside func([]byte)) error {
			_, err := q.PeekBatch(2, func(msgs []Msg) (int, error) {
				inside(msgs[0].Data)
				return 1, nil
			})
			return err
		},
		"Slot": func(q *Queue, inside func([]byte)) error {
			slot, err := q.Slot(64)
			if err == nil {
				inside(slot)
				err = q.Commit(64)
			}
			return err
		},
		"PeekMsg": func(q *Queue, inside func([]byte)) error {
			msg, err := q.PeekMsg()
			if err == nil {
				inside(msg.Data)
				err = q.Release()
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := place(t)
			q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
			push(t, q, "a", "b")
			var sum byte
			must(t, lend(q, func(data []byte) {
				must(t, q.Close())
				wants(t, q.Push(nil), ErrClosed)
				_, err := q.Stats()
				wants(t, err, ErrClosed)
				for _, b := range data {
					sum += b
				}
				_, err = Open("q", dir, Producer())
				wants(t, err, ErrBusy) // its role is held as yet
			}))
			open(t, "q", dir, Producer())
			wants(t, q.Close(), ErrClosed)
		})
	}
}

// Close ends every wait.
func TestCloseWhileWaiting(t *testing.T) {
	var b Batch
	for i := 0; i < 20; i++ {
		b.Append([]byte("x"))
	}
	waits := map[string]func(ctx context.Context, p, c *Queue, m *Member) error{
		"Recv": func(ctx context.Context, _, c *Queue, _ *Member) error {
			_, err := c.Recv(ctx)
			return err
		},
		"Member": func(ctx context.Context, _, _ *Queue, m *Member) error {
			_, err := m.Recv(ctx)
			return err
		},
		"PeekContext": func(ctx context.Context, _, c *Queue, _ *Member) error {
			return c.PeekContext(ctx, func(Msg) error { return nil })
		},
		"Send": func(ctx context.Context, p, _ *Queue, _ *Member) error { return p.Send(ctx, nil) },
		"SendPacked": func(ctx context.Context, p, _ *Queue, _ *Member) error {
			_, err := p.SendPacked(ctx, &b)
			return err
		},
		"WaitAny": func(ctx context.Context, _, c *Queue, m *Member) error {
			ready, err := WaitAny(ctx, c, m)
			if err == nil {
				for _, one := range ready {
					if one.Err != nil {
						err = one.Err
					}
				}
			}
			return err
		},
	}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			p, c := pair(t)
			m := join(t, c, 1)
			if name == "Send" || name == "SendPacked" {
				fill(t, p)
			}
			ended := make(chan error, 3)
			for i := 0; i < cap(ended); i++ {
				go func() { ended <- wait(context.Background(), p, c, m) }()
			}
			time.Sleep(20 * time.Millisecond) // most often they are parked by then
			must(t, m.Close())
			must(t, c.Close())
			must(t, p.Close())
			for i := 0; i < cap(ended); i++ {
				select {
				case err := <-ended:
					wants(t, err, ErrClosed)
				case <-time.After(patience):
					t.Fatal("still waiting")
				}
			}
		})
	}
}
