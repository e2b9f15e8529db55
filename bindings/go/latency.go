// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import "unsafe"

// Of [LatencyHistogram]: its buckets, and for [Queue.Latency] all groups, or all members of one.
const (
	LatencyBuckets = C.NABD_LATENCY_BUCKETS
	LatencyAll     = C.NABD_LATENCY_ALL
)

// LatencyHistogram is how old messages were when they were received, where a queue was made with
// Timestamps.
type LatencyHistogram struct {
	CreatedNs  uint64                 // when the queue was made: nanoseconds since 1970
	NowNs      uint64                 // when this was looked up: CLOCK_MONOTONIC
	Count      uint64                 // messages in the buckets
	Unmeasured uint64                 // messages beside them, whose time was none or of the future
	SumNs      uint64                 // of the ages of those counted, modulo 2^64
	MaxNs      uint64                 // the highest age; of a difference, its bucket's end at most
	Bucket     [LatencyBuckets]uint64 // messages of each age: nabd_latency_get(3) tells which
}

func latencyOf(c *C.struct_nabd_latency) LatencyHistogram {
	l := LatencyHistogram{
		CreatedNs:  uint64(c.created_ns),
		NowNs:      uint64(c.now_ns),
		Count:      uint64(c.count),
		Unmeasured: uint64(c.unmeasured),
		SumNs:      uint64(c.sum_ns),
		MaxNs:      uint64(c.max_ns),
	}
	for i := range l.Bucket {
		l.Bucket[i] = uint64(c.bucket[i])
	}
	return l
}

func (l *LatencyHistogram) native() *C.struct_nabd_latency {
	c := C.struct_nabd_latency{
		created_ns: C.uint64_t(l.CreatedNs),
		now_ns:     C.uint64_t(l.NowNs),
		count:      C.uint64_t(l.Count),
		unmeasured: C.uint64_t(l.Unmeasured),
		sum_ns:     C.uint64_t(l.SumNs),
		max_ns:     C.uint64_t(l.MaxNs),
	}
	c.size = C.uint32_t(unsafe.Sizeof(c))
	for i := range l.Bucket {
		c.bucket[i] = C.uint64_t(l.Bucket[i])
	}
	return &c
}

// Latency tells the ages at which a group, 0 to 16, or a member of it, 0 to 15, has received
// messages since the queue was made. ErrNotFound: it was made without Timestamps.
func (q *Queue) Latency(group, member uint) (LatencyHistogram, error) {
	odd := false
	ofGroup, ofMember := narrow(int64(group), &odd), narrow(int64(member), &odd)
	if odd {
		return LatencyHistogram{}, ErrInvalid
	}
	return seen(q, "nabd_latency_get", latencyOf,
		func(h *C.nabd_t, c *C.struct_nabd_latency) (C.int, error) {
			rc, errno := C.nabd_latency_get(h, C.uint(ofGroup), C.uint(ofMember), c)
			return rc, errno
		})
}

// Since is what was received after before was told. ErrInvalid: it is later, or of other readers.
func (l LatencyHistogram) Since(before LatencyHistogram) (LatencyHistogram, error) {
	var c C.struct_nabd_latency
	c.size = C.uint32_t(unsafe.Sizeof(c))
	if rc := C.nabd_latency_since(before.native(), l.native(), &c); rc != C.NABD_OK {
		return LatencyHistogram{}, errOf(rc)
	}
	return latencyOf(&c), nil
}

// LatencySummary has percentiles in nanoseconds, wrong by a sixteenth at most; 0 if there are no
// messages.
type LatencySummary struct {
	Count      uint64 // messages
	Unmeasured uint64 // messages beside them
	MeanNs     uint64 // exact
	MinNs      uint64
	P50Ns      uint64 // half of the messages were no older
	P90Ns      uint64
	P99Ns      uint64
	P999Ns     uint64 // 999 of a thousand
	MaxNs      uint64 // as that of LatencyHistogram
}

// Summary works them out.
func (l LatencyHistogram) Summary() (LatencySummary, error) {
	var c C.struct_nabd_latency_summary
	c.size = C.uint32_t(unsafe.Sizeof(c))
	if rc := C.nabd_latency_summary(l.native(), &c); rc != C.NABD_OK {
		return LatencySummary{}, errOf(rc)
	}
	return LatencySummary{
		Count:      uint64(c.count),
		Unmeasured: uint64(c.unmeasured),
		MeanNs:     uint64(c.mean_ns),
		MinNs:      uint64(c.min_ns),
		P50Ns:      uint64(c.p50_ns),
		P90Ns:      uint64(c.p90_ns),
		P99Ns:      uint64(c.p99_ns),
		P999Ns:     uint64(c.p99_9_ns),
		MaxNs:      uint64(c.max_ns),
	}, nil
}
