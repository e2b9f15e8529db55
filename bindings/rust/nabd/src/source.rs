// SPDX-License-Identifier: MIT
//! The library's receiving calls, of a handle and of a member, under the same names.

use nabd_sys as sys;

use crate::error::Result;
use crate::trust::Trust;

/// The library's calls as they are, and what a callback has panicked with let go on.
///
/// Unsafe, as whoever is generic over `Receive` may call them: pointers are
/// the library's business, and what is released here is void in guards.
pub trait Source {
    unsafe fn raw_pop(&mut self, buf: *mut u8, len: &mut usize) -> i32;
    unsafe fn raw_pop_wait(&mut self, buf: *mut u8, len: &mut usize, ns: i64) -> i32;
    unsafe fn raw_pop_batch(
        &mut self,
        buf: *mut u8,
        size: usize,
        lens: *mut u32,
        max: usize,
        got: &mut usize,
    ) -> i32;
    unsafe fn raw_pop_batch_wait(
        &mut self,
        buf: *mut u8,
        size: usize,
        lens: *mut u32,
        max: usize,
        got: &mut usize,
        ns: i64,
    ) -> i32;
    unsafe fn raw_peek(&mut self) -> i32;
    unsafe fn raw_peek_wait(&mut self, ns: i64) -> i32;
    unsafe fn raw_peek_batch(&mut self, max: usize, got: &mut usize) -> i32;
    unsafe fn raw_peek_batch_wait(&mut self, max: usize, got: &mut usize, ns: i64) -> i32;
    unsafe fn raw_release(&mut self) -> i32;
    /// 0 also ends a look at one alone, which is unread then.
    unsafe fn raw_release_batch(&mut self, n: usize) -> i32;
    /// What was peeked at alone. It stays where the library has put it: a copy would be read in
    /// other widths than it was just written in, which makes the processor wait for the stores.
    fn peeked(&self) -> &sys::nabd_msg;
    /// The messages of a batch, kept for the next one.
    fn scratch(&self) -> &[sys::nabd_msg];
    /// The handle that it was opened as, or joined through.
    fn queue(&self) -> *mut sys::nabd_t;
    fn id(&self) -> u64;
    unsafe fn new_trust(&self) -> Result<Trust>;
}

pub(crate) const NO_MESSAGE: sys::nabd_msg = sys::nabd_msg {
    data: std::ptr::null(),
    sequence: 0,
    len: 0,
    flags: 0,
    deliveries: 0,
    reserved: 0,
};

/// Implement the trait by the calls of a handle, or those of a member.
macro_rules! source {
    ($type:ty, $pop:ident, $pop_wait:ident, $pop_batch:ident, $pop_batch_wait:ident, $peek:ident,
     $peek_wait:ident, $peek_batch:ident, $peek_batch_wait:ident, $release:ident,
     $release_batch:ident) => {
        // For all of them: it is open, and `&mut` sees to it that no other call of its receiving
        // side overlaps; the caller answers for the pointers.
        #[allow(unsafe_op_in_unsafe_fn)]
        impl $crate::source::Source for $type {
            #[inline]
            unsafe fn raw_pop(&mut self, buf: *mut u8, len: &mut usize) -> i32 {
                self.settled(0);
                let rc = sys::$pop(self.raw(), buf.cast(), len);
                self.received(rc)
            }

            #[inline]
            unsafe fn raw_pop_wait(&mut self, buf: *mut u8, len: &mut usize, ns: i64) -> i32 {
                self.settled(0);
                let rc = sys::$pop_wait(self.raw(), buf.cast(), len, ns);
                self.received(rc)
            }

            #[inline]
            unsafe fn raw_pop_batch(
                &mut self,
                buf: *mut u8,
                size: usize,
                lens: *mut u32,
                max: usize,
                got: &mut usize,
            ) -> i32 {
                self.settled(0);
                let rc = sys::$pop_batch(self.raw(), buf.cast(), size, lens, max, got);
                self.received(rc)
            }

            #[inline]
            unsafe fn raw_pop_batch_wait(
                &mut self,
                buf: *mut u8,
                size: usize,
                lens: *mut u32,
                max: usize,
                got: &mut usize,
                ns: i64,
            ) -> i32 {
                self.settled(0);
                let q = self.raw();
                let rc = sys::$pop_batch_wait(q, buf.cast(), size, lens, max, got, ns);
                self.received(rc)
            }

            #[inline]
            unsafe fn raw_peek(&mut self) -> i32 {
                self.settled(0);
                let rc = sys::$peek(self.raw(), &mut self.peeked);
                self.looked(rc)
            }

            #[inline]
            unsafe fn raw_peek_wait(&mut self, ns: i64) -> i32 {
                self.settled(0);
                let rc = sys::$peek_wait(self.raw(), &mut self.peeked, ns);
                self.looked(rc)
            }

            #[inline]
            unsafe fn raw_peek_batch(&mut self, max: usize, got: &mut usize) -> i32 {
                self.settled(0);
                let max = max.min(self.most());
                self.scratch.clear();
                self.scratch.reserve(max);
                let rc = sys::$peek_batch(self.raw(), self.scratch.as_mut_ptr(), max, got);
                if rc == sys::NABD_OK {
                    self.scratch.set_len(*got);
                }
                self.looked(rc)
            }

            #[inline]
            unsafe fn raw_peek_batch_wait(&mut self, max: usize, got: &mut usize, ns: i64) -> i32 {
                self.settled(0);
                let max = max.min(self.most());
                self.scratch.clear();
                self.scratch.reserve(max);
                let q = self.raw();
                let rc = sys::$peek_batch_wait(q, self.scratch.as_mut_ptr(), max, got, ns);
                if rc == sys::NABD_OK {
                    self.scratch.set_len(*got);
                }
                self.looked(rc)
            }

            #[inline]
            unsafe fn raw_release(&mut self) -> i32 {
                sys::$release(self.raw())
            }

            #[inline]
            unsafe fn raw_release_batch(&mut self, n: usize) -> i32 {
                sys::$release_batch(self.raw(), n)
            }

            #[inline]
            fn peeked(&self) -> &sys::nabd_msg {
                &self.peeked
            }

            #[inline]
            fn scratch(&self) -> &[sys::nabd_msg] {
                &self.scratch
            }

            fn queue(&self) -> *mut sys::nabd_t {
                self.raw_queue()
            }

            #[inline]
            fn id(&self) -> u64 {
                self.handle.id
            }

            unsafe fn new_trust(&self) -> Result<Trust> {
                self.trust_of()
            }
        }

        impl $crate::receive::Receive for $type {}
    };
}

pub(crate) use source;
