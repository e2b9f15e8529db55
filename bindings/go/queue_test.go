// SPDX-License-Identifier: MIT

package nabd

import (
	"context"
	"errors"
	"os"
	"testing"
	"unsafe"
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
	q := open(t, "q", dir, Create(8, 64), Mode(0o640), Align(64), Prefault(), HugePages(), Group(os.Getgid()),
		Owner(os.Getuid()), AnyOwner(), Overwrite(), Producer(), nil)
	stats, err := q.Stats()
	must(t, err)
	if stats.Align != 64 || stats.State&StateOverwrite == 0 || stats.State&StateProducer == 0 {
		t.Errorf("%+v", stats)
	}
	if memory, err := q.Memory(); err != nil || memory.Mapped != memory.Bytes || memory.Bytes == 0 {
		t.Errorf("%+v %v", memory, err)
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

// Without memory nothing is sent or received, and nothing thought to be there that is not.
func TestNoMemory(t *testing.T) {
	dir := place(t)
	q := open(t, "q", dir, Create(8, 64), Producer(), Consumer())
	push(t, q, "a", "b")
	whole := calloc
	defer func() { calloc = whole }()
	none := func(int, uintptr) unsafe.Pointer { return nil }
	slot := func() error { _, err := q.Slot(1); return err }
	slots := func() error { _, err := q.Slots(4, 1); return err }
	peek := func() error { _, err := q.PeekMsg(); return err }
	peeks := func() error { _, err := q.PeekMsgs(4); return err }
	nothing := func() error { return nil }
	waits := func() error { _, err := WaitAny(context.Background(), q); return err }
	text := func() error { _, err := q.FormatMetrics(MetricsText); return err }
	why := func() error { _, err := Diagnose("q", dir); return err }
	watch := func() error { return q.SetBackpressure(&Backpressure{High: 80, Low: 50}) }
	unwatch := func() error { return q.SetBackpressure(nil) }
	var m *Member
	join := func() (err error) { m, err = q.Join(1); return err }
	leave := func() error { return m.Close() }
	for _, is := range []struct{ call, back func() error }{
		{slot, q.Abort}, {slots, q.Abort}, {peek, q.Keep}, {peeks, q.Keep},
		{waits, nothing}, {text, nothing}, {why, nothing}, {watch, unwatch}, {join, leave},
	} {
		calloc = none
		wants(t, is.call(), ErrNoMem)
		calloc = whole
		must(t, is.call())
		must(t, is.back())
	}
	pops(t, q, "a", "b")
}
