// SPDX-License-Identifier: MIT
//! Messages that are looked at in place.

use std::io::{self, Read};

use nabd_sys as sys;

use crate::bytes;
use crate::error::{check, error_of, Result};
use crate::member::Member;
use crate::receive::Receive;
use crate::reservation::within;
use crate::trust::Trust;

/// A message in place, lent by a consumer or member `R`.
///
/// It is read when [`release`](Message::release) says so. Dropped without that, as when the code
/// that handles it panics or returns early, it is not: the next call that receives, whichever it
/// is, gives it again, or, if the member ends, another member gets it. So no message is lost by an
/// error in its handling.
///
/// It lies in shared memory, where a peer that is broken or hostile may write meanwhile. So it is
/// read by copying, which is safe, and `&[u8]` is had through [`slice`](Message::slice) only, which
/// wants to be told once that the peers are trusted.
///
/// It can't outlive who lends it, nor is there another call on him meanwhile:
///
/// ```compile_fail
/// # use nabd::prelude::*;
/// # let mut rx = nabd::Consumer::open("x").unwrap();
/// let message = rx.peek().unwrap().unwrap();
/// rx.pop().unwrap();
/// message.release().unwrap();
/// ```
///
/// ```compile_fail
/// # use nabd::prelude::*;
/// # let mut rx = nabd::Consumer::open("x").unwrap();
/// let message = rx.peek().unwrap().unwrap();
/// drop(rx);
/// message.to_vec();
/// ```
#[derive(Debug)]
#[must_use = "a message that is not released comes again"]
pub struct Message<'a, R: Receive> {
    rx: &'a mut R,
}

impl<'a, R: Receive> Message<'a, R> {
    /// # Safety
    /// `rx` has peeked at it.
    #[inline]
    pub(crate) unsafe fn new(rx: &'a mut R) -> Self {
        Message { rx }
    }

    /// What it says, to be read.
    #[inline]
    pub fn view(&self) -> View<'_> {
        View { raw: self.rx.peeked(), id: self.rx.id() }
    }

    /// When it was sent: nanoseconds of `CLOCK_MONOTONIC`. [`NotFound`](crate::Error::NotFound):
    /// the queue was made without [`timestamps`](crate::Options::timestamps).
    pub fn sent_ns(&self) -> Result<u64> {
        sent_ns(self.rx, self.rx.peeked())
    }

    /// Give it back as read: it will not be delivered again.
    ///
    /// [`Lapped`](crate::Error::Lapped): it was overwritten meanwhile, and what was read of it may
    /// be torn. [`Dropped`](crate::Error::Dropped), [`Evicted`](crate::Error::Evicted): the
    /// member's group has ended, and it may have been overwritten too.
    #[inline]
    pub fn release(self) -> Result<()> {
        // SAFETY: it is peeked at, and this was its guard.
        let rc = unsafe { self.rx.raw_release() };
        if rc < 0 {
            return Err(error_of(rc));
        }
        std::mem::forget(self);
        Ok(())
    }
}

impl Message<'_, Member> {
    /// Give it back undone: it is delivered again, to whichever member of the group comes first,
    /// counting one delivery more.
    pub fn nack(self) -> Result<()> {
        self.rx.raw_nack()?;
        std::mem::forget(self);
        Ok(())
    }
}

impl<R: Receive> Drop for Message<'_, R> {
    fn drop(&mut self) {
        // SAFETY: this was its guard.
        unsafe { unread(self.rx) };
    }
}

/// Give back what was peeked at, unread: else it would be in the way of every other call. After an
/// error of its release there is none any more, and nothing happens.
///
/// # Safety
/// No guard of `rx` is used any more.
#[cold]
unsafe fn unread<R: Receive>(rx: &mut R) {
    // SAFETY: as the caller says.
    let _ = check(unsafe { rx.raw_release_batch(0) });
}

/// The calls of [`View`], of the message itself.
impl<R: Receive> Message<'_, R> {
    /// Length in bytes.
    #[inline]
    pub fn len(&self) -> usize {
        self.view().len()
    }

    /// Whether it has no bytes. Such messages are as good as others.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.view().is_empty()
    }

    /// Counts the queue's messages, from 0.
    #[inline]
    pub fn sequence(&self) -> u64 {
        self.view().sequence()
    }

    /// [`View::array`].
    #[inline]
    pub fn array<const N: usize>(&self, offset: usize) -> [u8; N] {
        self.view().array(offset)
    }

    /// [`View::copy_to`].
    #[inline]
    pub fn copy_to(&self, offset: usize, buf: &mut [u8]) {
        self.view().copy_to(offset, buf)
    }

    /// [`View::to_vec`].
    pub fn to_vec(&self) -> Vec<u8> {
        self.view().to_vec()
    }

    /// [`View::slice`].
    #[inline]
    pub fn slice(&self, trust: &Trust) -> &[u8] {
        self.view().slice(trust)
    }
}

/// A look at a message that is lent.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    raw: &'a sys::nabd_msg,
    id: u64,
}

impl<'a> View<'a> {
    /// Length in bytes.
    #[inline]
    pub fn len(&self) -> usize {
        self.raw.len as usize
    }

    /// Whether it has no bytes. Such messages are as good as others.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.raw.len == 0
    }

    /// Counts the queue's messages, from 0.
    #[inline]
    pub fn sequence(&self) -> u64 {
        self.raw.sequence
    }

    /// Whether another member held it and died, or gave it back.
    #[inline]
    pub fn is_redelivered(&self) -> bool {
        self.raw.flags & sys::NABD_MSG_REDELIVERED != 0
    }

    /// How often a member was given it, with this time, at least.
    #[inline]
    pub fn deliveries(&self) -> u32 {
        self.raw.deliveries
    }

    /// Copy `buf.len()` bytes from `offset`.
    ///
    /// # Panics
    ///
    /// If there are not so many, as with slices.
    #[inline]
    pub fn copy_to(&self, offset: usize, buf: &mut [u8]) {
        within(offset, buf.len(), self.len());
        // SAFETY: within the message, which is mapped as long as it is lent.
        unsafe { bytes::copy_out(self.as_ptr().add(offset), buf) }
    }

    /// `N` bytes from `offset`: for a number, say, as `u32::from_le_bytes(message.array(0))`. The
    /// quickest way for a few.
    ///
    /// # Panics
    ///
    /// If there are not so many, as with slices.
    #[inline]
    pub fn array<const N: usize>(&self, offset: usize) -> [u8; N] {
        within(offset, N, self.len());
        // SAFETY: within the message, which is mapped as long as it is lent.
        unsafe { bytes::load(self.as_ptr(), offset) }
    }

    /// A copy of it all.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.append_to(&mut out);
        out
    }

    /// Append a copy of it to `out`.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        // SAFETY: the whole message, which is mapped as long as it is lent.
        unsafe { bytes::append(self.as_ptr(), self.len(), out) }
    }

    /// Reads it from the beginning, by copying.
    pub fn reader(&self) -> Reader<'a> {
        Reader { view: *self, at: 0 }
    }

    /// Where it begins: for what reads through pointers, and bears that others write. Good as long
    /// as it is lent.
    #[inline]
    pub fn as_ptr(&self) -> *const u8 {
        self.raw.data.cast()
    }

    /// The message as a slice, without a copy.
    ///
    /// # Panics
    ///
    /// If the trust is in another queue.
    #[inline]
    pub fn slice(&self, trust: &Trust) -> &'a [u8] {
        trust.check(self.id);
        if self.is_empty() {
            return &[];
        }
        // SAFETY: mapped as long as it is lent; whoever made `trust` answers for nobody writing to
        // it.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.len()) }
    }
}

/// Reads a message in place, by copying.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    view: View<'a>,
    at: usize,
}

impl Read for Reader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = buf.len().min(self.view.len() - self.at);
        self.view.copy_to(self.at, &mut buf[..n]);
        self.at += n;
        Ok(n)
    }
}

/// Several messages in place, lent by a consumer or member `R`. Those that are not released come
/// again, as a [`Message`] does.
#[derive(Debug)]
#[must_use = "messages that are not released come again"]
pub struct MessageBatch<'a, R: Receive> {
    rx: &'a mut R,
    got: usize,
}

impl<'a, R: Receive> MessageBatch<'a, R> {
    /// # Safety
    /// `rx` has peeked at `got` messages, which are the first of its scratch.
    #[inline]
    pub(crate) unsafe fn new(rx: &'a mut R, got: usize) -> Self {
        MessageBatch { rx, got }
    }

    /// How many messages: 1 or more.
    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.got
    }

    /// The message at `i`.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[inline]
    pub fn get(&self, i: usize) -> View<'_> {
        View { raw: &self.rx.scratch()[..self.got][i], id: self.rx.id() }
    }

    /// [`Message::sent_ns`] of the message at `i`.
    pub fn sent_ns(&self, i: usize) -> Result<u64> {
        sent_ns(self.rx, &self.rx.scratch()[..self.got][i])
    }

    /// The messages in order.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = View<'_>> + '_ {
        let id = self.rx.id();
        self.rx.scratch()[..self.got].iter().map(move |raw| View { raw, id })
    }

    /// Give the first `n` back as read; the others come again. [`Lapped`](crate::Error::Lapped) and
    /// its like are as for [`Message::release`]; [`Invalid`](crate::Error::Invalid): there are not
    /// so many, and none was released.
    #[inline]
    pub fn release_first(self, n: usize) -> Result<()> {
        // SAFETY: it is peeked at, and this was its guard.
        let rc = unsafe { self.rx.raw_release_batch(n) };
        if rc < 0 {
            return Err(error_of(rc));
        }
        std::mem::forget(self);
        Ok(())
    }

    /// Give all of them back as read.
    #[inline]
    pub fn release(self) -> Result<()> {
        let n = self.got;
        self.release_first(n)
    }
}

impl MessageBatch<'_, Member> {
    /// Give all of them back undone, as [`Message::nack`].
    pub fn nack(self) -> Result<()> {
        self.rx.raw_nack()?;
        std::mem::forget(self);
        Ok(())
    }
}

impl<R: Receive> Drop for MessageBatch<'_, R> {
    fn drop(&mut self) {
        // SAFETY: this was its guard.
        unsafe { unread(self.rx) };
    }
}

fn sent_ns<R: Receive>(rx: &R, message: &sys::nabd_msg) -> Result<u64> {
    let mut ns = 0;
    // SAFETY: the open handle of what has peeked at the message, which is not released yet.
    check(unsafe { sys::nabd_message_time(rx.queue(), message, &mut ns) })?;
    Ok(ns)
}
