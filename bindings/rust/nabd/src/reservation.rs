// SPDX-License-Identifier: MIT
//! Slots that are being written.

use std::io::{self, Write};
use std::marker::PhantomData;
use std::mem;
use std::os::raw::c_void;
use std::ptr;

use nabd_sys as sys;

use crate::bytes;
use crate::error::{error_of, Refused, Result};
use crate::producer::Producer;
use crate::trust::Trust;

/// A slot that is being written, and that nobody sees before it is committed. Dropped, it is given
/// back.
///
/// It lies in shared memory, where a peer that is broken or hostile may write too; so it is written
/// by copying, and `&mut [u8]` is had through [`slice_mut`](Reservation::slice_mut) only, which
/// wants to be told once that the peers are trusted. As an [`io::Write`] it appends, and
/// [`commit_written`](Reservation::commit_written) sends what was appended.
///
/// It can't outlive its producer, nor can there be two of them:
///
/// ```compile_fail
/// # let mut tx = nabd::Producer::open("x").unwrap();
/// let slot = tx.reserve(8).unwrap();
/// let other = tx.reserve(8).unwrap();
/// slot.commit(8).unwrap();
/// ```
///
/// ```compile_fail
/// # let mut tx = nabd::Producer::open("x").unwrap();
/// let slot = tx.reserve(8).unwrap();
/// drop(tx);
/// slot.commit(8).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "dropped, it is given back unsent"]
pub struct Reservation<'a> {
    tx: &'a mut Producer,
}

/// What a [`Reservation`] is about. It lies in the producer, so that the guard is one pointer: one
/// that holds it all would be moved in other widths than it was just written in, which makes the
/// processor wait for the stores.
#[derive(Debug)]
pub(crate) struct Reserved {
    pub(crate) slot: *mut c_void,
    pub(crate) len: usize,
    pub(crate) written: usize,
}

impl Reserved {
    pub(crate) const NONE: Reserved = Reserved { slot: ptr::null_mut(), len: 0, written: 0 };
}

impl<'a> Reservation<'a> {
    /// # Safety
    /// A slot has been reserved through `tx`, and `tx.reserved` says which.
    #[inline]
    pub(crate) unsafe fn new(tx: &'a mut Producer) -> Self {
        Reservation { tx }
    }

    #[inline]
    pub(crate) fn settle(&mut self) {
        self.tx.settle();
    }

    /// Bytes that were reserved.
    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.tx.reserved.len
    }

    #[inline]
    fn slot(&mut self) -> Slot<'_> {
        let Reserved { slot, len, .. } = self.tx.reserved;
        // SAFETY: it is ours until it is committed or given back.
        unsafe { Slot::new(slot, len, self.tx.handle.id) }
    }

    /// Copy `bytes` to `offset`.
    ///
    /// # Panics
    ///
    /// If they do not fit, as with slices.
    #[inline]
    pub fn write_at(&mut self, offset: usize, bytes: &[u8]) {
        self.slot().write_at(offset, bytes);
    }

    /// Write so many bytes to `offset`: a number, say, as `put(0, 7u32.to_le_bytes())`. The
    /// quickest way for a few.
    ///
    /// # Panics
    ///
    /// If they do not fit, as with slices.
    #[inline]
    pub fn put<const N: usize>(&mut self, offset: usize, bytes: [u8; N]) {
        self.slot().put(offset, bytes);
    }

    /// Where the slot begins: for what writes through pointers. Good until it is committed or
    /// dropped.
    #[inline]
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.slot().as_mut_ptr()
    }

    /// The slot as a slice. What it holds at first is undefined, but initialised.
    ///
    /// # Panics
    ///
    /// If the trust is in another queue.
    pub fn slice_mut(&mut self, trust: &Trust) -> &mut [u8] {
        self.slot().into_slice(trust)
    }

    /// Send the first `len` bytes. After an error, which [`TooBig`](crate::Error::TooBig) is, it is
    /// given back.
    #[inline]
    pub fn commit(self, len: usize) -> Result<()> {
        self.try_commit(len).map_err(|refused| refused.error)
    }

    /// [`commit`](Reservation::commit) that leaves the slot reserved after an error.
    #[inline]
    pub fn try_commit(self, len: usize) -> Result<(), Refused<Self>> {
        // SAFETY: an open handle with a reservation.
        let rc = unsafe { sys::nabd_commit(self.tx.raw(), len) };
        if rc < 0 {
            return Err(Refused { error: error_of(rc), guard: self });
        }
        mem::forget(self);
        Ok(())
    }

    /// Send all that was reserved.
    #[inline]
    pub fn commit_all(self) -> Result<()> {
        let len = self.len();
        self.commit(len)
    }

    /// Send what was written as to an [`io::Write`].
    ///
    /// ```
    /// # use nabd::{prelude::*, Options};
    /// use std::io::Write;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let name = &format!("rust-doc-write-{}", std::process::id());
    /// # let (mut tx, mut rx) = Options::new().create(true).pair(name)?;
    /// # nabd::unlink(name)?;
    /// let mut slot = tx.reserve(100)?;
    /// write!(slot, "{} degrees", 21.5)?;
    /// slot.commit_written()?;
    /// assert_eq!(rx.pop()?.unwrap(), b"21.5 degrees");
    /// # Ok(()) }
    /// ```
    #[inline]
    pub fn commit_written(self) -> Result<()> {
        let len = self.tx.reserved.written;
        self.commit(len)
    }

    /// Give it back unsent, as dropping it does.
    pub fn abort(self) {}
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        // SAFETY: an open handle. There is nobody to tell an error to, and none but that of a
        // forked child, whose parent has the reservation.
        unsafe { sys::nabd_abort(self.tx.raw()) };
    }
}

impl Write for Reservation<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.tx.reserved.written;
        let n = bytes.len().min(self.len() - written);
        self.write_at(written, &bytes[..n]);
        self.tx.reserved.written += n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Several slots that are being written. Dropped, they are given back.
#[derive(Debug)]
#[must_use = "dropped, they are given back unsent"]
pub struct Reservations<'a> {
    tx: &'a mut Producer,
    slot_len: usize,
    got: usize,
}

impl<'a> Reservations<'a> {
    /// # Safety
    /// `got` slots of `len` bytes have been reserved through `tx`; their addresses are the first of
    /// `tx.slots`.
    #[inline]
    pub(crate) unsafe fn new(tx: &'a mut Producer, len: usize, got: usize) -> Self {
        Reservations { tx, slot_len: len, got }
    }

    #[inline]
    pub(crate) fn settle(&mut self) {
        self.tx.settle();
    }

    /// How many slots: 1 or more.
    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.got
    }

    /// Bytes that were reserved in each.
    #[inline]
    pub fn slot_len(&self) -> usize {
        self.slot_len
    }

    /// Slot `i`.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[inline]
    pub fn get_mut(&mut self, i: usize) -> Slot<'_> {
        // SAFETY: it is ours until it is committed or given back.
        unsafe { Slot::new(self.tx.slots[..self.got][i], self.slot_len, self.tx.handle.id) }
    }

    /// The slots in order: the quickest way to write them all.
    #[inline]
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = Slot<'_>> + '_ {
        let (len, id) = (self.slot_len, self.tx.handle.id);
        // SAFETY: they are ours until they are committed or given back.
        self.tx.slots[..self.got].iter().map(move |&start| unsafe { Slot::new(start, len, id) })
    }

    /// [`Slot::write_at`] in slot `i`.
    #[inline]
    pub fn write_at(&mut self, i: usize, offset: usize, bytes: &[u8]) {
        self.get_mut(i).write_at(offset, bytes);
    }

    /// [`Slot::put`] in slot `i`.
    #[inline]
    pub fn put<const N: usize>(&mut self, i: usize, offset: usize, bytes: [u8; N]) {
        self.get_mut(i).put(offset, bytes);
    }

    /// [`Slot::into_slice`] of slot `i`.
    pub fn slice_mut(&mut self, i: usize, trust: &Trust) -> &mut [u8] {
        self.get_mut(i).into_slice(trust)
    }

    /// Send the first slots as messages of these lengths, in order, and give the others back. After
    /// an error, as when a length or their number is too large, all are given back.
    #[inline]
    pub fn commit(self, lens: &[u32]) -> Result<()> {
        // SAFETY: an open handle with a reservation, and so many lengths.
        let rc = unsafe { sys::nabd_commit_batch(self.tx.raw(), lens.as_ptr(), lens.len()) };
        if rc < 0 {
            return Err(error_of(rc));
        }
        mem::forget(self);
        Ok(())
    }

    /// [`commit`](Reservations::commit) that leaves the slots reserved after an error.
    #[inline]
    pub fn try_commit(self, lens: &[u32]) -> Result<(), Refused<Self>> {
        // SAFETY: an open handle with a reservation, and so many lengths.
        let rc = unsafe { sys::nabd_commit_batch(self.tx.raw(), lens.as_ptr(), lens.len()) };
        if rc < 0 {
            return Err(Refused { error: error_of(rc), guard: self });
        }
        mem::forget(self);
        Ok(())
    }

    /// Give them back unsent, as dropping them does.
    pub fn abort(self) {}
}

impl Drop for Reservations<'_> {
    fn drop(&mut self) {
        // SAFETY: as for Reservation.
        unsafe { sys::nabd_abort(self.tx.raw()) };
    }
}

/// One of several slots that are being written.
#[derive(Debug)]
pub struct Slot<'a> {
    start: *mut u8,
    len: usize,
    id: u64,
    lent: PhantomData<&'a mut [u8]>,
}

impl<'a> Slot<'a> {
    /// # Safety
    /// `start` is a slot of `len` bytes that is reserved as long as `'a`, and lent to nobody else.
    #[inline]
    unsafe fn new(start: *mut c_void, len: usize, id: u64) -> Self {
        Slot { start: start.cast(), len, id, lent: PhantomData }
    }

    /// Bytes that were reserved.
    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// [`Reservation::write_at`].
    #[inline]
    pub fn write_at(&mut self, offset: usize, bytes: &[u8]) {
        within(offset, bytes.len(), self.len);
        // SAFETY: within the slot, which is ours.
        unsafe { bytes::copy_in(self.start.add(offset), bytes) }
    }

    /// [`Reservation::put`].
    #[inline]
    pub fn put<const N: usize>(&mut self, offset: usize, bytes: [u8; N]) {
        within(offset, N, self.len);
        // SAFETY: within the slot, which is ours.
        unsafe { bytes::store(self.start, offset, bytes) }
    }

    /// Where it begins: [`Reservation::as_mut_ptr`].
    #[inline]
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.start
    }

    /// [`Reservation::slice_mut`].
    pub fn into_slice(self, trust: &Trust) -> &'a mut [u8] {
        trust.check(self.id);
        // SAFETY: mapped, and a whole file of bytes; whoever made `trust` answers for nobody else
        // writing or reading them, and Rust for the one reference.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.len) }
    }
}

#[inline]
pub(crate) fn within(offset: usize, len: usize, all: usize) {
    if offset > all || len > all - offset {
        beyond(offset, len, all);
    }
}

#[cold]
#[track_caller]
fn beyond(offset: usize, len: usize, all: usize) -> ! {
    panic!("{len} bytes at {offset} of a slot of {all}");
}
