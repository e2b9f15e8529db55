// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import "unsafe"

// Bits of [Stats].State and [Metrics].State.
const (
	StateProducer   uint32 = C.NABD_STATE_PRODUCER   // a live producer holds the queue
	StateConsumer   uint32 = C.NABD_STATE_CONSUMER   // a live handle reads the default group
	StateGroup0     uint32 = C.NABD_STATE_GROUP0     // the default group holds the producer back
	StateUnlinked   uint32 = C.NABD_STATE_UNLINKED   // the queue's name is gone
	StateOverwrite  uint32 = C.NABD_STATE_OVERWRITE  // it was made with Overwrite
	StateTimestamps uint32 = C.NABD_STATE_TIMESTAMPS // it was made with Timestamps
	StateFull       uint32 = C.NABD_STATE_FULL       // no slot is free; of Metrics
	StatePressured  uint32 = C.NABD_STATE_PRESSURED  // as Pressured; of Metrics
)

// Bits of [GroupInfo].State and [GroupMetrics].State.
const (
	GroupEphemeral uint32 = C.NABD_GROUP_STATE_EPHEMERAL // it vanishes with its last live member
	GroupAlive     uint32 = C.NABD_GROUP_STATE_ALIVE     // it has a live member, or reader
	GroupHolds     uint32 = C.NABD_GROUP_STATE_HOLDS     // it is furthest behind
)

// Limits of groups.
const (
	MaxGroups      = C.NABD_MAX_GROUPS     // of a queue beside the default one: 1 to MaxGroups
	MaxMembers     = C.NABD_MAX_MEMBERS    // live ones of a group
	MostDeliveries = C.NABD_MAX_DELIVERIES // that MaxDeliveries can be given
)

// Stats is what a queue tells of its sizes, positions, counters and roles.
type Stats struct {
	State         uint32   // StateProducer, …
	Slots         uint32   // number of slots
	SlotSize      uint32   // longest message, in bytes
	Stride        uint32   // bytes from one slot to the next
	Align         uint32   // alignment of payloads, in bytes
	Head          uint64   // sequence of the next message to be sent = messages sent
	Tail          uint64   // sequence of the oldest message that a group still holds
	Position      uint64   // sequence of the default group's next message
	Bytes         uint64   // payload bytes sent
	FullCount     uint64   // times that the queue became full for the producer, not tries
	ProducerEpoch uint64   // how many producers the queue has had
	CreatedNs     uint64   // when it was made: nanoseconds since 1970, CLOCK_REALTIME
	Incarnation   [16]byte // random, different for each queue ever made
}

func statsOf(c *C.struct_nabd_stats) Stats {
	return Stats{
		State:         uint32(c.state),
		Slots:         uint32(c.slots),
		SlotSize:      uint32(c.slot_size),
		Stride:        uint32(c.stride),
		Align:         uint32(c.align),
		Head:          uint64(c.head),
		Tail:          uint64(c.tail),
		Position:      uint64(c.position),
		Bytes:         uint64(c.bytes),
		FullCount:     uint64(c.full_count),
		ProducerEpoch: uint64(c.producer_epoch),
		CreatedNs:     uint64(c.created_ns),
		Incarnation:   bytesOf(c.incarnation),
	}
}

// seen asks for a struct of C, whose size is first in each, and makes Go's of it.
func seen[From, To any](q *Queue, op string, of func(*From) To,
	question func(*C.nabd_t, *From) (C.int, error)) (to To, err error) {
	var c From
	*(*C.uint32_t)(unsafe.Pointer(&c)) = C.uint32_t(unsafe.Sizeof(c))
	_, err = q.ask(op, func(h *C.nabd_t) (C.int, error) { return question(h, &c) })
	if err == nil {
		to = of(&c)
	}
	return to, err
}

// Stats looks at the queue without disturbing it.
func (q *Queue) Stats() (Stats, error) {
	return seen(q, "nabd_stats", statsOf,
		func(h *C.nabd_t, c *C.struct_nabd_stats) (C.int, error) {
			rc, errno := C.nabd_stats(h, c)
			return rc, errno
		})
}

// MemberStats is what a member has done since it joined. State is 0, or the number of ErrDropped
// or ErrEvicted once it knows.
type MemberStats struct {
	Group       uint32 // id of its group
	State       int32  // 0, or ErrDropped or ErrEvicted once it knows
	Joined      uint64 // the group's position when this consumer joined: a sequence
	Claimed     uint64 // messages that it was the first to be given
	Redelivered uint64 // messages that it took over from others
	Held        uint64 // messages that it holds, or held when the group ended
	Nacked      uint64 // messages that it gave back
	DeadLetters uint64 // messages that were given up
	Lost        uint64 // messages that nobody was given: overwritten, or of an evicted group
	Gap         uint64 // how many of them the last ErrLapped or ErrEvicted was about
}

func memberStatsOf(c *C.struct_nabd_consumer_stats) MemberStats {
	return MemberStats{
		Group:       uint32(c.group),
		State:       int32(c.state),
		Joined:      uint64(c.joined),
		Claimed:     uint64(c.claimed),
		Redelivered: uint64(c.redelivered),
		Held:        uint64(c.held),
		Nacked:      uint64(c.nacked),
		DeadLetters: uint64(c.dead_letters),
		Lost:        uint64(c.lost),
		Gap:         uint64(c.gap),
	}
}

// Stats tells what this member has done, and what was lost.
func (m *Member) Stats() (MemberStats, error) {
	var c C.struct_nabd_consumer_stats
	c.size = C.uint32_t(unsafe.Sizeof(c))
	err := m.locked(func() error { return errOf(C.nabd_consumer_stats(m.c, &c)) })
	if err != nil {
		return MemberStats{}, err
	}
	return memberStatsOf(&c), nil
}

// GroupInfo is how a group is.
type GroupInfo struct {
	Group         uint32 // its id; 0: the default group
	State         uint32 // GroupEphemeral, …
	Members       uint32 // live members, or readers
	Holding       uint32 // members, dead or alive, that hold messages
	MaxDeliveries uint32 // as it was made with
	MaxStallMs    uint32 // as it was made with, milliseconds
	MaxLag        uint64 // as it was made with, messages
	Position      uint64 // sequence of the next message to be given to a member
	Low           uint64 // sequence of the oldest message that is not released
	Lag           uint64 // messages from low to the newest
	Made          uint64 // how often a group of this id was made
}

func groupInfoOf(c *C.struct_nabd_group_info) GroupInfo {
	return GroupInfo{
		Group:         uint32(c.group),
		State:         uint32(c.state),
		Members:       uint32(c.members),
		Holding:       uint32(c.holding),
		MaxDeliveries: uint32(c.max_deliveries),
		MaxStallMs:    uint32(c.max_stall_ms),
		MaxLag:        uint64(c.max_lag),
		Position:      uint64(c.position),
		Low:           uint64(c.low),
		Lag:           uint64(c.lag),
		Made:          uint64(c.made),
	}
}

// GroupInfo looks at a group, 0 to 16. ErrNotFound: there is none.
func (q *Queue) GroupInfo(group int) (GroupInfo, error) {
	return seen(q, "nabd_group_look", groupInfoOf,
		func(h *C.nabd_t, c *C.struct_nabd_group_info) (C.int, error) {
			rc, errno := C.nabd_group_look(h, groupOf(group), c)
			return rc, errno
		})
}

// MemberInfo is how a member of a group is.
type MemberInfo struct {
	Group      uint32 // id of the group
	Member     uint32 // 0 to 15
	Alive      uint32 // 1: it lives; 0: it is dead, and what it holds waits for another
	First      uint64 // sequence of the first message that it holds; 0 if it holds none
	Held       uint64 // messages that it holds
	Deliveries uint32 // how often the first was delivered before this member came
}

func memberInfoOf(c *C.struct_nabd_member_info) MemberInfo {
	return MemberInfo{
		Group:      uint32(c.group),
		Member:     uint32(c.member),
		Alive:      uint32(c.alive),
		First:      uint64(c.first),
		Held:       uint64(c.held),
		Deliveries: uint32(c.deliveries),
	}
}

// MemberInfo looks at member 0 to 15 of a group. ErrNotFound: there is none.
func (q *Queue) MemberInfo(group, member int) (MemberInfo, error) {
	return seen(q, "nabd_member_look", memberInfoOf,
		func(h *C.nabd_t, c *C.struct_nabd_member_info) (C.int, error) {
			rc, errno := C.nabd_member_look(h, groupOf(group), groupOf(member), c)
			return rc, errno
		})
}

// Memory is how the mapping of a queue is backed, in bytes.
type Memory struct {
	Page     uint32 // a page
	HugePage uint64 // what a huge page would be, whether the kernel has any or not
	Bytes    uint64 // the mapping: the whole queue
	Mapped   uint64 // of it, in this process's page table: no page fault will come
	Locked   uint64 // of it, locked in RAM by this process
	Huge     uint64 // of it, mapped by huge pages
	Swapped  uint64 // of it, swapped out
}

// Memory tells what Prefault, Lock and HugePages have come to. It reads a file of /proc, which
// takes longer the more mappings the process has.
func (q *Queue) Memory() (Memory, error) {
	var c C.struct_nabd_memory
	c.size = C.uint32_t(unsafe.Sizeof(c))
	_, err := q.ask("nabd_memory_get", func(h *C.nabd_t) (C.int, error) {
		rc, errno := C.nabd_memory_get(h, &c)
		return rc, errno
	})
	if err != nil {
		return Memory{}, err
	}
	return Memory{
		Page:     uint32(c.page),
		HugePage: uint64(c.huge_page),
		Bytes:    uint64(c.bytes),
		Mapped:   uint64(c.mapped),
		Locked:   uint64(c.locked),
		Huge:     uint64(c.huge),
		Swapped:  uint64(c.swapped),
	}, nil
}
