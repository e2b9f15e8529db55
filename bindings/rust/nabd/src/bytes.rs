// SPDX-License-Identifier: MIT
//! Copying from and to memory that another process may write at the same time.
//!
//! A `&[u8]` promises that nobody writes the bytes while it lives; with shared memory that promise
//! is not ours to give. So bytes are moved by means that the compiler may not reason about: small
//! ones by volatile accesses, others by a call of C's memcpy through a pointer that it can't see
//! through. What a peer writes meanwhile then makes the copy stale or mixed, and nothing worse.

use std::mem;
use std::os::raw::c_void;
use std::ptr;

type Memcpy = unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> *mut c_void;

extern "C" {
    fn memcpy(dst: *mut c_void, src: *const c_void, n: usize) -> *mut c_void;
}

/// Read anew at each call, so that the compiler can't know what is called.
static COPY: Memcpy = memcpy;

#[inline]
unsafe fn copy(dst: *mut u8, src: *const u8, n: usize) {
    // SAFETY: the static is always memcpy; the caller answers for the rest.
    unsafe { ptr::read_volatile(&COPY)(dst.cast(), src.cast(), n) };
}

/// # Safety
/// `src` is the start of `dst.len()` mapped bytes.
#[inline]
pub(crate) unsafe fn copy_out(src: *const u8, dst: &mut [u8]) {
    // SAFETY: as the caller says; `dst` is private memory, so that they don't overlap.
    unsafe { copy(dst.as_mut_ptr(), src, dst.len()) }
}

/// Append `len` bytes to `dst`.
///
/// # Safety
/// `src` is the start of `len` mapped bytes.
pub(crate) unsafe fn append(src: *const u8, len: usize, dst: &mut Vec<u8>) {
    dst.reserve(len);
    // SAFETY: there is room for `len` bytes, which are all written before the length says so.
    unsafe {
        copy(dst.as_mut_ptr().add(dst.len()), src, len);
        dst.set_len(dst.len() + len);
    }
}

/// # Safety
/// `dst` is the start of `src.len()` mapped bytes that may be written.
#[inline]
pub(crate) unsafe fn copy_in(dst: *mut u8, src: &[u8]) {
    // SAFETY: as the caller says; `src` is private memory, so that they don't overlap.
    unsafe { copy(dst, src.as_ptr(), src.len()) }
}

/// Tell the compiler that a message or slot begins at a multiple of 8, as nabd.h says: then it knows
/// which way load() and store() take where the offset is a constant.
///
/// # Safety
/// `start` is where a message or slot begins, or null.
#[inline]
unsafe fn begins(start: *const u8) {
    debug_assert!(start as usize % 8 == 0);
    if start as usize % 8 != 0 {
        // SAFETY: as the caller says.
        unsafe { std::hint::unreachable_unchecked() }
    }
}

/// # Safety
/// `start` is the start of a message, of which there are `offset + N` bytes.
#[inline]
pub(crate) unsafe fn load<const N: usize>(start: *const u8, offset: usize) -> [u8; N] {
    // SAFETY: N bytes of each; volatile accesses are made where they are aligned. The copies of
    // what was read are of arrays of the same size: N is known.
    unsafe {
        begins(start);
        let src = start.add(offset);
        match N {
            8 if src as usize % 8 == 0 => {
                mem::transmute_copy(&ptr::read_volatile(src.cast::<u64>()).to_ne_bytes())
            }
            4 if src as usize % 4 == 0 => {
                mem::transmute_copy(&ptr::read_volatile(src.cast::<u32>()).to_ne_bytes())
            }
            1 => mem::transmute_copy(&[ptr::read_volatile(src)]),
            _ => {
                let mut out = [0; N];
                copy_out(src, &mut out);
                out
            }
        }
    }
}

/// # Safety
/// `start` is the start of a slot, of which there are `offset + N` bytes that may be written.
#[inline]
pub(crate) unsafe fn store<const N: usize>(start: *mut u8, offset: usize, bytes: [u8; N]) {
    // SAFETY: as for load().
    unsafe {
        begins(start);
        let dst = start.add(offset);
        match N {
            8 if dst as usize % 8 == 0 => {
                let word = u64::from_ne_bytes(mem::transmute_copy(&bytes));
                ptr::write_volatile(dst.cast::<u64>(), word);
            }
            4 if dst as usize % 4 == 0 => {
                let word = u32::from_ne_bytes(mem::transmute_copy(&bytes));
                ptr::write_volatile(dst.cast::<u32>(), word);
            }
            1 => ptr::write_volatile(dst, bytes[0]),
            _ => copy_in(dst, &bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each size, at each alignment, beside bytes that must stay.
    #[test]
    fn what_is_stored_is_loaded() {
        fn both<const N: usize>() {
            for at in 0..9 {
                let mut words = [0xEEEE_EEEE_EEEE_EEEEu64; 5];
                let start = words.as_mut_ptr().cast::<u8>();
                let mut bytes = [0u8; N];
                for (i, byte) in bytes.iter_mut().enumerate() {
                    *byte = i as u8 + 1;
                }
                // SAFETY: 9 + N bytes are within 40.
                unsafe {
                    store(start, at, bytes);
                    assert_eq!(load::<N>(start, at), bytes);
                }
                let memory: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
                assert!(memory[..at].iter().all(|&byte| byte == 0xEE));
                assert_eq!(memory[at..at + N], bytes);
                assert!(memory[at + N..].iter().all(|&byte| byte == 0xEE));
            }
        }
        both::<0>();
        both::<1>();
        both::<2>();
        both::<3>();
        both::<4>();
        both::<8>();
        both::<16>();
        both::<31>();
    }

    #[test]
    fn append_keeps_what_is_there() {
        let mut out = b"ab".to_vec();
        // SAFETY: three bytes, then none.
        unsafe {
            append(b"cde".as_ptr(), 3, &mut out);
            append(b"".as_ptr(), 0, &mut out);
        }
        assert_eq!(out, b"abcde");
    }
}
