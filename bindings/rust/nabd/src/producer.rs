// SPDX-License-Identifier: MIT
//! The sending side.

use std::os::unix::io::RawFd;
use std::ptr;
use std::sync::atomic::Ordering;
use std::sync::Arc;

use nabd_sys as sys;

use crate::batch::Batch;
use crate::consumer::Consumer;
use crate::error::{check, error_of, Error, Partly, Refused, Result};
use crate::handle::{End, OneThread};
use crate::look::Observer;
use crate::options::Options;
use crate::pressure::{Backoff, Pressure, Watch};
use crate::reservation::{Reservation, Reservations, Reserved};
use crate::trust::Trust;
use crate::wait::{sealed, Timeout, Wait, Waitable, Waker};

/// The sending side of a queue. There is one live producer a queue.
///
/// It may be given to another thread, but used by one at a time:
///
/// ```compile_fail
/// fn shared<T: Sync>() {}
/// shared::<nabd::Producer>();
/// ```
#[derive(Debug)]
pub struct Producer {
    pub(crate) handle: End,
    /// What the library's callbacks are given; NULL if there are none. It is a pointer, not a Box,
    /// as the library holds it too.
    watch: *mut Watch,
    /// The slot that is reserved alone.
    pub(crate) reserved: Reserved,
    /// Addresses of a batch's slots, kept for the next one.
    pub(crate) slots: Vec<*mut std::os::raw::c_void>,
    one: OneThread,
}

// SAFETY: the library allows any thread, one at a time; callbacks are Send.
unsafe impl Send for Producer {}

impl Producer {
    pub(crate) fn new(handle: End) -> Producer {
        Producer {
            handle,
            watch: ptr::null_mut(),
            reserved: Reserved::NONE,
            slots: Vec::new(),
            one: OneThread::default(),
        }
    }

    /// Open a queue that exists. With wishes: [`Options`].
    pub fn open(name: &str) -> Result<Producer> {
        Options::new().producer(name)
    }

    #[inline]
    pub(crate) fn raw(&self) -> *mut sys::nabd_t {
        self.handle.raw()
    }

    /// Let go on what a callback has panicked with. It was caught so that it did not unwind through
    /// C.
    #[inline]
    pub(crate) fn settle(&self) {
        if !self.watch.is_null() {
            // SAFETY: ours until dropped, and the library uses it within sending calls only, of
            // which none runs: they are `&mut`, or those of a member that sends its dead letters
            // here.
            unsafe { (*self.watch).settle() };
        }
    }

    /// Send a copy of a message. [`Error::Full`]: no slot is free; [`Error::TooBig`]: it is longer
    /// than a slot.
    #[inline]
    pub fn push(&mut self, message: &[u8]) -> Result<()> {
        // SAFETY: an open handle, whose sending side is ours; the bytes are borrowed.
        let rc = unsafe { sys::nabd_push(self.raw(), message.as_ptr().cast(), message.len()) };
        self.done(rc)
    }

    /// [`push`](Producer::push) that waits for a free slot. [`Error::Timeout`]: none came.
    #[inline]
    pub fn push_wait(&mut self, message: &[u8], timeout: impl Into<Timeout>) -> Result<()> {
        let (data, len) = (message.as_ptr().cast(), message.len());
        // SAFETY: as for push().
        let rc = unsafe { sys::nabd_push_wait(self.raw(), data, len, timeout.into().0) };
        self.done(rc)
    }

    /// [`push`](Producer::push), again and again while the queue is full, with longer and longer
    /// delays: for those who give up, or do less, when the readers are behind for long.
    pub fn push_backoff(&mut self, message: &[u8], backoff: &Backoff) -> Result<()> {
        let (data, len) = (message.as_ptr().cast(), message.len());
        // SAFETY: as for push(), and valid options.
        let rc = unsafe { sys::nabd_push_backoff(self.raw(), data, len, backoff.as_c()) };
        self.done(rc)
    }

    /// Send the messages of a batch, from the first on, as many as there are free slots for; how
    /// many it were, 1 or more, is returned. [`Batch::remove_first`] makes ready for the rest.
    #[inline]
    pub fn push_batch(&mut self, batch: &Batch) -> Result<usize> {
        let (data, lens) = batch.parts();
        let mut sent = 0;
        // SAFETY: as for push(); a batch's lengths add up to its bytes.
        let rc = unsafe {
            sys::nabd_push_batch(
                self.raw(),
                data.as_ptr().cast(),
                lens.as_ptr(),
                lens.len(),
                &mut sent,
            )
        };
        self.done(rc).map(|()| sent)
    }

    /// [`push_batch`](Producer::push_batch) that waits until all are sent. An error says how many
    /// were.
    pub fn push_batch_wait(
        &mut self,
        batch: &Batch,
        timeout: impl Into<Timeout>,
    ) -> Result<(), Partly> {
        let (data, lens) = batch.parts();
        let (data, ns) = (data.as_ptr().cast(), timeout.into().0);
        let mut sent = 0;
        // SAFETY: as for push_batch().
        let rc = unsafe {
            sys::nabd_push_batch_wait(self.raw(), data, lens.as_ptr(), lens.len(), &mut sent, ns)
        };
        self.done(rc).map_err(|error| Partly { error, sent })
    }

    /// Get the next slot, to write a message of up to `len` bytes into it, in place. Nobody sees it
    /// before it is committed; dropped, it is given back.
    ///
    /// ```
    /// # use nabd::{prelude::*, Options};
    /// # fn main() -> nabd::Result<()> {
    /// # let name = &format!("rust-doc-reserve-{}", std::process::id());
    /// # let (mut tx, mut rx) = Options::new().create(true).pair(name)?;
    /// # nabd::unlink(name)?;
    /// let mut slot = tx.reserve(16)?;
    /// slot.put(0, 7u64.to_le_bytes());
    /// slot.put(8, 9u64.to_le_bytes());
    /// slot.commit(16)?;
    /// # assert_eq!(rx.pop()?.unwrap().len(), 16);
    /// # Ok(()) }
    /// ```
    #[inline]
    pub fn reserve(&mut self, len: usize) -> Result<Reservation<'_>> {
        // SAFETY: as for push(), and where to put the address.
        let rc = unsafe { sys::nabd_reserve(self.raw(), len, &mut self.reserved.slot) };
        self.reserved(rc, len)
    }

    /// [`reserve`](Producer::reserve) that waits for a free slot.
    pub fn reserve_wait(
        &mut self,
        len: usize,
        timeout: impl Into<Timeout>,
    ) -> Result<Reservation<'_>> {
        let slot = &mut self.reserved.slot;
        // SAFETY: as for reserve().
        let rc = unsafe { sys::nabd_reserve_wait(self.handle.raw(), len, slot, timeout.into().0) };
        self.reserved(rc, len)
    }

    #[inline]
    fn reserved(&mut self, rc: i32, len: usize) -> Result<Reservation<'_>> {
        if rc < 0 {
            return Err(self.failed(rc));
        }
        self.reserved.len = len;
        self.reserved.written = 0;
        // SAFETY: just reserved, with so many bytes.
        let mut slot = unsafe { Reservation::new(self) };
        // After that: should a callback have panicked, the slot is given back.
        slot.settle();
        Ok(slot)
    }

    /// Get several slots of `len` bytes at once, as many as are free up to `n`.
    #[inline]
    pub fn reserve_batch(&mut self, len: usize, n: usize) -> Result<Reservations<'_>> {
        let (slots, n) = self.room(n);
        let mut got = 0;
        // SAFETY: as for reserve(); room for n addresses.
        let rc = unsafe { sys::nabd_reserve_batch(self.raw(), len, slots, n, &mut got) };
        self.reserved_batch(rc, len, got)
    }

    /// [`reserve_batch`](Producer::reserve_batch) that waits until at least one slot is free.
    pub fn reserve_batch_wait(
        &mut self,
        len: usize,
        n: usize,
        timeout: impl Into<Timeout>,
    ) -> Result<Reservations<'_>> {
        let ((slots, n), ns) = (self.room(n), timeout.into().0);
        let mut got = 0;
        // SAFETY: as for reserve_batch().
        let rc = unsafe { sys::nabd_reserve_batch_wait(self.raw(), len, slots, n, &mut got, ns) };
        self.reserved_batch(rc, len, got)
    }

    /// For `n` addresses, or as many as there are slots.
    #[inline]
    fn room(&mut self, n: usize) -> (*mut *mut std::os::raw::c_void, usize) {
        let n = n.min(self.handle.slots);
        if self.slots.len() < n {
            self.slots.resize(n, ptr::null_mut());
        }
        (self.slots.as_mut_ptr(), n)
    }

    #[inline]
    fn reserved_batch(&mut self, rc: i32, len: usize, got: usize) -> Result<Reservations<'_>> {
        if rc < 0 {
            return Err(self.failed(rc));
        }
        // SAFETY: just reserved; `got` addresses of so many bytes are in `slots`.
        let mut slots = unsafe { Reservations::new(self, len, got) };
        slots.settle();
        Ok(slots)
    }

    #[inline]
    fn done(&mut self, rc: i32) -> Result<()> {
        if rc < 0 {
            return Err(self.failed(rc));
        }
        self.settle();
        Ok(())
    }

    #[cold]
    fn failed(&mut self, rc: i32) -> Error {
        let error = error_of(rc);
        self.settle();
        error
    }

    /// Be called back as the queue fills; what was set before is replaced. [`Error::Invalid`]: a
    /// watermark is out of its range, or the queue is overwriting and has no backpressure.
    pub fn set_backpressure(&mut self, pressure: Pressure) -> Result<()> {
        let observer = self.observer();
        let watch = Box::into_raw(Box::new(Watch::new(pressure, observer)));
        // SAFETY: an open handle, whose sending side is ours. The library keeps no address of the
        // struct but `watch`, which lives until it is replaced or the producer is dropped.
        let rc = unsafe { sys::nabd_set_backpressure(self.raw(), &(*watch).as_c(watch)) };
        let old = if rc < 0 { watch } else { std::mem::replace(&mut self.watch, watch) };
        if !old.is_null() {
            // SAFETY: it came from a Box, and the library does not have it, or no longer.
            drop(unsafe { Box::from_raw(old) });
        }
        check(rc).map(drop)
    }

    /// Be told nothing any more.
    pub fn clear_backpressure(&mut self) -> Result<()> {
        // SAFETY: as for set_backpressure().
        check(unsafe { sys::nabd_set_backpressure(self.raw(), ptr::null()) })?;
        let old = std::mem::replace(&mut self.watch, ptr::null_mut());
        if !old.is_null() {
            // SAFETY: it came from a Box, and the library does not have it any more.
            drop(unsafe { Box::from_raw(old) });
        }
        Ok(())
    }

    /// Whether the queue is pressured: the high watermark was reached, and the low one not since.
    /// Looks at the readers, and runs the callbacks if that has changed.
    pub fn is_pressured(&mut self) -> Result<bool> {
        // SAFETY: an open handle, whose sending side is ours.
        let rc = unsafe { sys::nabd_is_pressured(self.raw()) };
        let answer = check(rc).map(|answer| answer != 0);
        self.settle();
        answer
    }

    /// Choose how it waits. [`Error::State`]: it was opened as one of a pair, of which the other
    /// end is to be changed with it: [`set_wait_pair`](Producer::set_wait_pair), or
    /// [`Options::wait`](Options::wait) before that.
    pub fn set_wait(&mut self, wait: &Wait) -> Result<()> {
        if self.handle.is_pair() {
            return Err(Error::State);
        }
        // SAFETY: an open handle without another side.
        check(unsafe { sys::nabd_set_wait(self.raw(), wait.as_c()) }).map(drop)
    }

    /// Choose how both ends of a pair wait. [`Error::Invalid`]: they are not of one pair.
    pub fn set_wait_pair(&mut self, rx: &mut Consumer, wait: &Wait) -> Result<()> {
        if !Arc::ptr_eq(&self.handle, &rx.handle) {
            return Err(Error::Invalid);
        }
        rx.set_wait_alone(wait)
    }

    /// Ends its waits from another thread.
    pub fn waker(&self) -> Waker {
        Waker::of_handle(Arc::downgrade(&self.handle))
    }

    /// Looks at the queue, from any thread, as long as this end is open.
    pub fn observer(&self) -> Observer {
        Observer::watching(&self.handle)
    }

    /// [`drop_group`](Consumer::drop_group).
    pub fn drop_group(&self, group: u32) -> Result<()> {
        // SAFETY: an open handle; the call excludes nothing but closing.
        check(unsafe { sys::nabd_group_drop(self.raw(), group) }).map(drop)
    }

    /// What lets [`Reservation::slice_mut`] lend slots as `&mut [u8]`. [`Error::Invalid`]: the
    /// queue is overwriting.
    ///
    /// # Safety
    ///
    /// As for [`Consumer::trust`](crate::Receive::trust).
    pub unsafe fn trust(&self) -> Result<Trust> {
        Trust::of_handle(&self.handle)
    }

    /// Close it, and say how that went; dropping it closes it too. Refused with [`Error::State`]
    /// while members that were joined through it are open. An end of a pair whose other end is
    /// open is only given back: the last that is closed closes it.
    pub fn close(mut self) -> Result<(), Refused<Self>> {
        if self.handle.members.load(Ordering::Relaxed) != 0 {
            return Err(Refused { error: Error::State, guard: self });
        }
        self.clear_watch();
        let end = self.handle.clone();
        drop(self);
        end.close().map_err(|(error, end)| Refused { error, guard: Producer::new(end) })
    }

    fn clear_watch(&mut self) {
        if !self.watch.is_null() && self.clear_backpressure().is_err() {
            // In a forked child, say. The library may have the address still: rather leak it.
            self.watch = ptr::null_mut();
        }
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.clear_watch();
    }
}

impl Waitable for Producer {}

/// Of a pair's two ends only the consumer may be waited for: the library asks such a handle about
/// messages.
impl sealed::Item for Producer {
    fn raw_fd(&mut self) -> Result<RawFd> {
        let item = self.item()?;
        // SAFETY: an open handle, whose sending side is ours.
        check(unsafe { sys::nabd_fd(item.q) })
    }

    fn raw_arm(&mut self) -> Result<i32> {
        let item = self.item()?;
        // SAFETY: an open handle, whose sending side is ours.
        let answer = check(unsafe { sys::nabd_arm(item.q) });
        self.settle();
        answer
    }

    fn raw_identity(&self) -> u64 {
        self.handle.id
    }

    fn item(&mut self) -> Result<sys::nabd_wait_item> {
        if self.handle.is_pair() {
            return Err(Error::Role);
        }
        let q = self.raw();
        Ok(sys::nabd_wait_item { q, consumer: ptr::null_mut(), result: 0, reserved: 0 })
    }

    fn settle(&mut self) {
        Producer::settle(self);
    }
}
