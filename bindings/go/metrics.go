// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import "unsafe"

// Values of [GroupMetrics].Owner.
const (
	OwnerNone  uint32 = C.NABD_GROUP_OWNER_NONE  // nobody, and nothing waits for it
	OwnerAlive uint32 = C.NABD_GROUP_OWNER_ALIVE // a live member, or reader
	OwnerDead  uint32 = C.NABD_GROUP_OWNER_DEAD  // nobody alive, though messages wait
)

// Metrics is a queue's fill, counters and roles. Times are of CLOCK_MONOTONIC, in nanoseconds.
type Metrics struct {
	State         uint32 // StateProducer, … StatePressured
	Slots         uint32 // number of slots
	Fill          uint32 // slots in use by the slowest group
	FillPercent   uint32 // the same in percent, as FillLevel
	HighFill      uint32 // highest fill that the producer has seen; exact if it was full
	Head          uint64 // messages sent
	Tail          uint64 // sequence of the oldest message that a group still holds
	Bytes         uint64 // payload bytes sent
	FullCount     uint64 // times that the queue became full for the producer, not tries
	ReaderWakes   uint64 // sleepers of all groups woken, and their descriptors told
	ProducerWakes uint64 // times that the producer was woken, or its descriptor told
	Evictions     uint64 // groups evicted, or gone with their members
	Lost          uint64 // sum of GroupMetrics.Lost
	ProducerEpoch uint64 // how many producers the queue has had
	ProgressNs    uint64 // when the producer last found free slots; 0 with Overwrite
	NowNs         uint64 // when this was looked up
	CreatedNs     uint64 // when it was made: nanoseconds since 1970, CLOCK_REALTIME

	native C.struct_nabd_metrics // for RatesBetween
}

func metricsOf(c *C.struct_nabd_metrics) Metrics {
	return Metrics{
		State:         uint32(c.state),
		Slots:         uint32(c.slots),
		Fill:          uint32(c.fill),
		FillPercent:   uint32(c.fill_percent),
		HighFill:      uint32(c.high_fill),
		Head:          uint64(c.head),
		Tail:          uint64(c.tail),
		Bytes:         uint64(c.bytes),
		FullCount:     uint64(c.full_count),
		ReaderWakes:   uint64(c.reader_wakes),
		ProducerWakes: uint64(c.producer_wakes),
		Evictions:     uint64(c.evictions),
		Lost:          uint64(c.lost),
		ProducerEpoch: uint64(c.producer_epoch),
		ProgressNs:    uint64(c.progress_ns),
		NowNs:         uint64(c.now_ns),
		CreatedNs:     uint64(c.created_ns),
		native:        *c,
	}
}

// Metrics looks at the queue without disturbing it.
func (q *Queue) Metrics() (Metrics, error) {
	return seen(q, "nabd_metrics_get", metricsOf,
		func(h *C.nabd_t, c *C.struct_nabd_metrics) (C.int, error) {
			rc, errno := C.nabd_metrics_get(h, c)
			return rc, errno
		})
}

// GroupMetrics is what a group of an id has done, and how it is.
type GroupMetrics struct {
	Group       uint32 // its id; 0: the default group
	State       uint32 // GroupEphemeral, …
	Owner       uint32 // OwnerNone, …
	Members     uint32 // live members, or readers
	Holding     uint32 // members, dead or alive, that hold messages
	Ended       int32  // 0: it is there; ErrDropped or ErrEvicted: it was
	Made        uint64 // how often a group of this id was made
	Position    uint64 // sequence of the next message to be given out, also at its end
	Low         uint64 // sequence of the oldest message that is not released
	Lag         uint64 // messages from low to the newest; 0 if it has ended
	HighLag     uint64 // longest lag that the producer has seen
	Wakes       uint64 // sleepers woken, and descriptors told
	Claimed     uint64 // messages that members took
	Redelivered uint64 // messages taken over from a member that had died or given back
	Nacked      uint64 // messages given back by Nack
	DeadLetters uint64 // messages that were delivered too often, and taken elsewhere
	Lost        uint64 // messages overwritten unread, or let go with the group
	Evictions   uint64 // how often it was evicted, or vanished with its members
	ProgressNs  uint64 // when it was last seen to go on
}

func groupMetricsOf(c *C.struct_nabd_group_metrics) GroupMetrics {
	return GroupMetrics{
		Group:       uint32(c.group),
		State:       uint32(c.state),
		Owner:       uint32(c.owner),
		Members:     uint32(c.members),
		Holding:     uint32(c.holding),
		Ended:       int32(c.ended),
		Made:        uint64(c.made),
		Position:    uint64(c.position),
		Low:         uint64(c.low),
		Lag:         uint64(c.lag),
		HighLag:     uint64(c.high_lag),
		Wakes:       uint64(c.wakes),
		Claimed:     uint64(c.claimed),
		Redelivered: uint64(c.redelivered),
		Nacked:      uint64(c.nacked),
		DeadLetters: uint64(c.dead_letters),
		Lost:        uint64(c.lost),
		Evictions:   uint64(c.evictions),
		ProgressNs:  uint64(c.progress_ns),
	}
}

// GroupMetrics looks at a group, 0 to 16. One that has ended still tells its counters.
func (q *Queue) GroupMetrics(group int) (GroupMetrics, error) {
	return seen(q, "nabd_group_metrics_get", groupMetricsOf,
		func(h *C.nabd_t, c *C.struct_nabd_group_metrics) (C.int, error) {
			rc, errno := C.nabd_group_metrics_get(h, groupOf(group), c)
			return rc, errno
		})
}

// MemberMetrics is what a member of a group holds and has done.
type MemberMetrics struct {
	Group       uint32 // id of the group
	Member      uint32 // 0 to 15
	Alive       uint32 // 1: it lives; 0: it is dead or has left
	Held        uint64 // messages that it holds
	First       uint64 // sequence of the first of them; 0 if it holds none
	Claimed     uint64 // messages that it took
	Redelivered uint64 // messages that it took over
	Nacked      uint64 // messages that it gave back
	DeadLetters uint64 // messages that were delivered too often, and taken elsewhere
	ProgressNs  uint64 // when it last claimed: CLOCK_MONOTONIC, exact to some 10 ms; 0: never
}

func memberMetricsOf(c *C.struct_nabd_member_metrics) MemberMetrics {
	return MemberMetrics{
		Group:       uint32(c.group),
		Member:      uint32(c.member),
		Alive:       uint32(c.alive),
		Held:        uint64(c.held),
		First:       uint64(c.first),
		Claimed:     uint64(c.claimed),
		Redelivered: uint64(c.redelivered),
		Nacked:      uint64(c.nacked),
		DeadLetters: uint64(c.dead_letters),
		ProgressNs:  uint64(c.progress_ns),
	}
}

// MemberMetrics looks at member 0 to 15 of a group.
func (q *Queue) MemberMetrics(group, member int) (MemberMetrics, error) {
	return seen(q, "nabd_member_metrics_get", memberMetricsOf,
		func(h *C.nabd_t, c *C.struct_nabd_member_metrics) (C.int, error) {
			rc, errno := C.nabd_member_metrics_get(h, groupOf(group), groupOf(member), c)
			return rc, errno
		})
}

// Rates is what happened between two looks at a queue, a second.
type Rates struct {
	Seconds       float64 // between the two looks
	Messages      float64 // sent, a second
	Bytes         float64 // of payload sent, a second
	Released      float64 // messages that the slowest group let go, a second
	Full          float64 // times that the queue became full, a second
	ReaderWakes   float64 // a second
	ProducerWakes float64 // a second
	Lost          float64 // messages, a second
}

func ratesOf(c *C.struct_nabd_rates) Rates {
	return Rates{
		Seconds:       float64(c.seconds),
		Messages:      float64(c.messages),
		Bytes:         float64(c.bytes),
		Released:      float64(c.released),
		Full:          float64(c.full),
		ReaderWakes:   float64(c.reader_wakes),
		ProducerWakes: float64(c.producer_wakes),
		Lost:          float64(c.lost),
	}
}

// RatesBetween compares two Metrics of one queue. ErrInvalid: after is not later, or of another.
func RatesBetween(before, after Metrics) (Rates, error) {
	var c C.struct_nabd_rates
	c.size = C.uint32_t(unsafe.Sizeof(c))
	if rc := C.nabd_metrics_rates(&before.native, &after.native, &c); rc != C.NABD_OK {
		return Rates{}, errOf(rc)
	}
	return ratesOf(&c), nil
}

// A MetricsFormat is one of [Queue.FormatMetrics].
type MetricsFormat uint

// The formats.
const (
	MetricsText       MetricsFormat = C.NABD_METRICS_TEXT       // a field a line, for people
	MetricsJSON       MetricsFormat = C.NABD_METRICS_JSON       // one object
	MetricsPrometheus MetricsFormat = C.NABD_METRICS_PROMETHEUS // Prometheus' text format
)

// FormatMetrics tells all metrics of a queue, its groups and their members, as text.
func (q *Queue) FormatMetrics(format MetricsFormat) (string, error) {
	odd := false
	how := narrow(int64(format), &odd)
	if odd {
		return "", ErrInvalid
	}
	for size := C.size_t(1 << 14); ; size *= 2 {
		buf := (*C.char)(calloc(1, uintptr(size)))
		if buf == nil {
			return "", ErrNoMem
		}
		var length C.size_t
		_, err := q.ask("nabd_metrics_format", func(h *C.nabd_t) (C.int, error) {
			rc, errno := C.nabd_metrics_format(h, C.uint(how), buf, size, &length)
			return rc, errno
		})
		text := C.GoString(buf)
		C.free(unsafe.Pointer(buf))
		if err == nil {
			return text, nil
		}
		if e, ok := err.(*Error); !ok || e.Err != ErrBuffer {
			return "", err
		}
	}
}
