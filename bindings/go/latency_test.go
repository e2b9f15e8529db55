// SPDX-License-Identifier: MIT

package nabd

import (
	"errors"
	"testing"
)

func TestLatency(t *testing.T) {
	q := both(t, Timestamps())
	before, err := q.Latency(0, LatencyAll)
	must(t, err)
	for i := 0; i < 3; i++ {
		must(t, q.Push([]byte("message")))
		_, err := q.Pop()
		must(t, err)
	}
	after, err := q.Latency(LatencyAll, LatencyAll)
	must(t, err)
	since, err := after.Since(before)
	must(t, err)
	s, err := since.Summary()
	must(t, err)
	if before.Count != 0 || since.Count != 3 || s.Count != 3 ||
		s.P50Ns > s.P999Ns || s.P999Ns > s.MaxNs || s.MaxNs != after.MaxNs || s.MaxNs == 0 {
		t.Errorf("%+v", s)
	}
	var all uint64
	for _, n := range since.Bucket {
		all += n
	}
	if all != 3 {
		t.Errorf("%d in the buckets", all)
	}
	if _, err := before.Since(after); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	if _, err := q.Latency(17, 0); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	stats, err := q.Stats()
	must(t, err)
	if stats.State&StateTimestamps == 0 {
		t.Errorf("%+v", stats)
	}
}

func TestNoLatency(t *testing.T) {
	if _, err := both(t).Latency(0, LatencyAll); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}
