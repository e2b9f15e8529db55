// SPDX-License-Identifier: MIT
//! Slots that are being written.

use std::io::{self, Write};
use std::mem;

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
    slot: *mut u8,
    len: usize,
    written: usize,
}

impl<'a> Reservation<'a> {
    /// # Safety
    /// `slot` has been reserved through `tx`, with `len` bytes.
    #[inline]
    pub(crate) unsafe fn new(tx: &'a mut Producer, slot: *mut u8, len: usize) -> Self {
        Reservation { tx, slot, len, written: 0 }
    }

    #[inline]
    pub(crate) fn settle(&mut self) {
        self.tx.settle();
    }

    /// Bytes that were reserved.
    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Copy `bytes` to `offset`.
    ///
    /// # Panics
    ///
    /// If they do not fit, as with slices.
    #[inline]
    pub fn write_at(&mut self, offset: usize, bytes: &[u8]) {
        within(offset, bytes.len(), self.len);
        // SAFETY: within the slot, which is ours until it is committed or given back.
        unsafe { bytes::copy_in(self.slot.add(offset), bytes) }
    }

    /// Write so many bytes to `offset`: a number, say, as `put(0, 7u32.to_le_bytes())`. The
    /// quickest way for a few.
    ///
    /// # Panics
    ///
    /// If they do not fit, as with slices.
    #[inline]
    pub fn put<const N: usize>(&mut self, offset: usize, bytes: [u8; N]) {
        within(offset, N, self.len);
        // SAFETY: within the slot, which is ours until it is committed or given back.
        unsafe { bytes::store(self.slot.add(offset), bytes) }
    }

    /// Where the slot begins: for what writes through pointers. Good until it is committed or
    /// dropped.
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.slot
    }

    /// The slot as a slice. What it holds at first is undefined, but initialised.
    ///
    /// # Panics
    ///
    /// If the trust is in another queue.
    pub fn slice_mut(&mut self, trust: &Trust) -> &mut [u8] {
        trust.check(self.tx.handle.id);
        // SAFETY: mapped, and a whole file of bytes; whoever made `trust` answers for nobody else
        // writing or reading them, and Rust for the one reference.
        unsafe { std::slice::from_raw_parts_mut(self.slot, self.len) }
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
        let len = self.len;
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
        let len = self.written;
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
        let n = bytes.len().min(self.len - self.written);
        self.write_at(self.written, &bytes[..n]);
        self.written += n;
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
    len: usize,
    got: usize,
}

impl<'a> Reservations<'a> {
    /// # Safety
    /// `got` slots of `len` bytes have been reserved through `tx`; their addresses are the first of
    /// `tx.slots`.
    pub(crate) unsafe fn new(tx: &'a mut Producer, len: usize, got: usize) -> Self {
        Reservations { tx, len, got }
    }

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
        self.len
    }

    #[inline]
    fn slot(&self, i: usize, offset: usize, len: usize) -> *mut u8 {
        assert!(i < self.got, "slot {i} of {}", self.got);
        within(offset, len, self.len);
        // SAFETY: within the slot.
        unsafe { self.tx.slots[i].cast::<u8>().add(offset) }
    }

    /// [`Reservation::write_at`] in slot `i`.
    #[inline]
    pub fn write_at(&mut self, i: usize, offset: usize, bytes: &[u8]) {
        // SAFETY: within a slot, which is ours until it is committed or given back.
        unsafe { bytes::copy_in(self.slot(i, offset, bytes.len()), bytes) }
    }

    /// [`Reservation::put`] in slot `i`.
    #[inline]
    pub fn put<const N: usize>(&mut self, i: usize, offset: usize, bytes: [u8; N]) {
        // SAFETY: within a slot, which is ours until it is committed or given back.
        unsafe { bytes::store(self.slot(i, offset, N), bytes) }
    }

    /// [`Reservation::slice_mut`] of slot `i`.
    pub fn slice_mut(&mut self, i: usize, trust: &Trust) -> &mut [u8] {
        trust.check(self.tx.handle.id);
        // SAFETY: as for Reservation::slice_mut().
        unsafe { std::slice::from_raw_parts_mut(self.slot(i, 0, self.len), self.len) }
    }

    /// Send the first slots as messages of these lengths, in order, and give the others back. After
    /// an error, as when a length or their number is too large, all are given back.
    #[inline]
    pub fn commit(self, lens: &[u32]) -> Result<()> {
        self.try_commit(lens).map_err(|refused| refused.error)
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
