// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import "unsafe"

// The calls for each message that give the library memory of Go's. There are no pointers in it, and
// to have cgo look each time, which it does for whatever is a pointer, takes half as long as the
// crossing: so they are numbers. They have to be converted in the call's own arguments, for
// go:uintptrescapes to keep what they point to alive and where it is.

// idOf and memberOf make numbers of handles: helpers.h says why.
func idOf(h *C.nabd_t) C.uintptr_t { return C.uintptr_t(uintptr(unsafe.Pointer(h))) }

func memberOf(c *C.nabd_consumer_t) C.uintptr_t {
	return C.uintptr_t(uintptr(unsafe.Pointer(c)))
}

// pointer is where a slice lies, also one of nothing: not NULL.
func pointer(b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return unsafe.Pointer(&nothing)
	}
	return unsafe.Pointer(&b[0])
}

func lengths(lens []uint32) unsafe.Pointer {
	if len(lens) == 0 {
		return unsafe.Pointer(&nothing)
	}
	return unsafe.Pointer(&lens[0])
}

var nothing uint32

//go:uintptrescapes
func callPush(q *Queue, data uintptr, size int, ns int64) C.nabdgo_result {
	return C.nabdgo_push(idOf(q.h), C.uintptr_t(data), C.size_t(size), C.int64_t(ns))
}

//go:uintptrescapes
func callPushBatch(q *Queue, data, lens uintptr, n int, ns int64) C.nabdgo_result {
	return C.nabdgo_push_batch(idOf(q.h), C.uintptr_t(data), C.uintptr_t(lens), C.size_t(n),
		C.int64_t(ns))
}

//go:uintptrescapes
func callCommitBatch(q *Queue, lens uintptr, n int) C.int {
	return C.nabdgo_commit_batch(idOf(q.h), C.uintptr_t(lens), C.size_t(n))
}

//go:uintptrescapes
func callPop(r *receiver, buf uintptr, size int, ns int64) C.nabdgo_result {
	return C.nabdgo_pop(idOf(r.q), memberOf(r.c), C.uintptr_t(buf), C.size_t(size),
		C.int64_t(ns))
}

//go:uintptrescapes
func callPopBatch(r *receiver, buf uintptr, size int, lens uintptr, max int,
	ns int64) C.nabdgo_result {
	return C.nabdgo_pop_batch(idOf(r.q), memberOf(r.c), C.uintptr_t(buf), C.size_t(size),
		C.uintptr_t(lens), C.size_t(max), C.int64_t(ns))
}
