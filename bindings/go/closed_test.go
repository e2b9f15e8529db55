// SPDX-License-Identifier: MIT

package nabd

import (
	"context"
	"errors"
	"testing"
)

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
