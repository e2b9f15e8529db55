// SPDX-License-Identifier: MIT

package nabd

/*
#include <stdint.h>
*/
import "C"

import (
	"runtime/cgo"
	"sync/atomic"
	"unsafe"
)

// A letterBox is a member's function for dead letters, and what it panicked with: a panic may not
// run through the frames of C.
type letterBox struct {
	fn    func(Msg) bool
	busy  *atomic.Bool
	value any
}

func (b *letterBox) panics() bool { return b.value != nil }

func (b *letterBox) panicked() any {
	value := b.value
	b.value = nil
	return value
}

// judge calls the function in a goroutine of its own: runtime.Goexit, which can't be caught, would
// leave the frames of C behind, and the library for ever within its call.
func (b *letterBox) judge(msg Msg) (taken bool) {
	ended := make(chan struct{})
	b.busy.Store(true)
	go func() {
		defer close(ended)
		whole := false
		defer func() {
			if whole {
				return
			}
			taken = false
			if b.value = recover(); b.value == nil {
				b.value = "nabd: the function for dead letters has ended its goroutine"
			}
		}()
		taken = b.fn(msg)
		whole = true
	}()
	<-ended
	b.busy.Store(false)
	return taken
}

//export nabdgoDeadLetter
func nabdgoDeadLetter(box C.uintptr_t, data unsafe.Pointer, length C.uint32_t, sequence C.uint64_t,
	flags, deliveries C.uint32_t) C.int {
	b := cgo.Handle(box).Value().(*letterBox)
	// Once it has panicked in a call, the others of that call wait for the next.
	if b.panics() {
		return 1
	}
	msg := Msg{
		Data:        append([]byte{}, unsafe.Slice((*byte)(data), int(length))...),
		Sequence:    uint64(sequence),
		Deliveries:  int(deliveries),
		Redelivered: flags != 0,
	}
	if b.judge(msg) {
		return 0
	}
	return 1
}
