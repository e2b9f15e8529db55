// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import "unsafe"

// textRoom is enough for what is said of a queue with all its groups and members.
const textRoom = 1 << 16

// withName calls about a queue by its name and options.
func withName(op, name string, options []Option,
	call func(*C.char, *C.struct_nabd_opts) (C.int, error)) error {
	if !fine(name) {
		return &Error{Op: op, Name: name, Err: ErrName}
	}
	c := configOf(options)
	opts, free, err := c.native()
	if err != nil {
		return &Error{Op: op, Name: name, Err: ErrInvalid}
	}
	defer free()
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	rc, errno := call(cname, &opts)
	return named(rc, errno, op, name)
}

// Unlink removes a queue's name. Those who have it open go on with it.
func Unlink(name string, options ...Option) error {
	return withName("nabd_unlink_opts", name, options,
		func(name *C.char, opts *C.struct_nabd_opts) (C.int, error) {
			rc, errno := C.nabd_unlink_opts(name, opts)
			return rc, errno
		})
}

// explain is withName for those that give a text.
func explain(op, name string, options []Option,
	call func(*C.char, *C.struct_nabd_opts, *C.char, *C.size_t) (C.int, error)) (string, error) {
	buf := (*C.char)(calloc(1, textRoom))
	if buf == nil {
		return "", &Error{Op: op, Name: name, Err: ErrNoMem}
	}
	defer C.free(unsafe.Pointer(buf))
	var size C.size_t
	err := withName(op, name, options,
		func(name *C.char, opts *C.struct_nabd_opts) (C.int, error) {
			return call(name, opts, buf, &size)
		})
	return C.GoString(buf), err
}

// Diagnose explains, in plain English, what is right or wrong with the file behind a name. There
// is a text after an error, too. ErrBuffer: the text was cut off, and there is no other error.
func Diagnose(name string, options ...Option) (string, error) {
	return explain("nabd_diagnose", name, options,
		func(name *C.char, opts *C.struct_nabd_opts, buf *C.char, size *C.size_t) (C.int, error) {
			rc, errno := C.nabd_diagnose(name, opts, buf, textRoom, size)
			return rc, errno
		})
}

// RecoverFlags say what [Recover] does.
type RecoverFlags uint32

// Without RecoverDo it is only said what would be done.
const (
	RecoverDo      RecoverFlags = C.NABD_RECOVER_DO      // do it
	RecoverRemove  RecoverFlags = C.NABD_RECOVER_REMOVE  // remove a queue that nobody has open
	RecoverDiscard RecoverFlags = C.NABD_RECOVER_DISCARD // even if messages are lost
)

// Recover clears up what dead processes have left, or says what that would be. There is a text
// after an error, too. ErrBuffer: all was done, and the text was cut off.
func Recover(name string, flags RecoverFlags, options ...Option) (string, error) {
	return explain("nabd_recover", name, options,
		func(name *C.char, opts *C.struct_nabd_opts, buf *C.char, size *C.size_t) (C.int, error) {
			rc, errno := C.nabd_recover(name, opts, C.uint(flags), buf, textRoom, size)
			return rc, errno
		})
}
