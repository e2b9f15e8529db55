// SPDX-License-Identifier: MIT
//! What a consumer and a member of a group have in common: receiving.

use nabd_sys as sys;

use crate::batch::Batch;
use crate::error::{check_some, error_of, Error, Result};
use crate::message::{Message, MessageBatch};
use crate::source::Source;
use crate::trust::Trust;
use crate::wait::{Timeout, Waitable};

/// Receiving messages: what a [`Consumer`](crate::Consumer) and a [`Member`](crate::Member) do.
///
/// Calls that do not wait say `None` if no message is there; those that do, [`Error::Timeout`].
/// [`Error::Lapped`] says that messages of an overwriting queue were overwritten unread: the next
/// call goes on behind them.
///
/// | | copy | copy several | in place | several in place |
/// |---|---|---|---|---|
/// | now | [`pop`], [`pop_into`], [`pop_slice`] | [`pop_batch`] | [`peek`] | [`peek_batch`] |
/// | wait | [`pop_wait`], [`pop_into_wait`] | [`pop_batch_wait`] | [`peek_wait`] | [`peek_batch_wait`]
///
/// [`pop`]: Receive::pop
/// [`pop_into`]: Receive::pop_into
/// [`pop_slice`]: Receive::pop_slice
/// [`pop_batch`]: Receive::pop_batch
/// [`peek`]: Receive::peek
/// [`peek_batch`]: Receive::peek_batch
/// [`pop_wait`]: Receive::pop_wait
/// [`pop_into_wait`]: Receive::pop_into_wait
/// [`pop_batch_wait`]: Receive::pop_batch_wait
/// [`peek_wait`]: Receive::peek_wait
/// [`peek_batch_wait`]: Receive::peek_batch_wait
pub trait Receive: Source + Waitable + Sized {
    /// Receive a copy of the next message.
    fn pop(&mut self) -> Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        Ok(self.pop_into(&mut message)?.map(|_| message))
    }

    /// Receive a copy of the next message, waiting for it.
    fn pop_wait(&mut self, timeout: impl Into<Timeout>) -> Result<Vec<u8>> {
        let mut message = Vec::new();
        self.pop_into_wait(&mut message, timeout)?;
        Ok(message)
    }

    /// Receive a copy of the next message in the place of what `buf` holds, which grows as needed.
    /// Its length is returned.
    #[inline]
    fn pop_into(&mut self, buf: &mut Vec<u8>) -> Result<Option<usize>> {
        match fill(buf, |data, len| unsafe { self.raw_pop(data, len) }) {
            Err(Error::Buffer { needed }) => {
                buf.reserve(needed);
                fill(buf, |data, len| unsafe { self.raw_pop(data, len) })
            }
            answer => answer,
        }
    }

    /// [`pop_into`](Receive::pop_into) that waits.
    #[inline]
    fn pop_into_wait(&mut self, buf: &mut Vec<u8>, timeout: impl Into<Timeout>) -> Result<usize> {
        let ns = timeout.into().0;
        let answer = match fill(buf, |data, len| unsafe { self.raw_pop_wait(data, len, ns) }) {
            Err(Error::Buffer { needed }) => {
                buf.reserve(needed);
                // Its message is this one's as long as it is not released.
                fill(buf, |data, len| unsafe { self.raw_pop_wait(data, len, ns) })
            }
            answer => answer,
        };
        answer.map(|len| len.unwrap_or(0))
    }

    /// Receive a copy of the next message into a buffer that can't grow. Its length is returned;
    /// [`Error::Buffer`]: it is longer, and stays.
    #[inline]
    fn pop_slice(&mut self, buf: &mut [u8]) -> Result<Option<usize>> {
        let mut len = buf.len();
        // SAFETY: room for `len` bytes.
        let rc = unsafe { self.raw_pop(buf.as_mut_ptr(), &mut len) };
        pop_answer(rc, len)
    }

    /// Receive copies of several messages in the place of what `batch` holds: as many as are there,
    /// up to the number that it was made for. How many is returned, 0 if there are none. It ends
    /// where the next would not fit into the batch's bytes, which grow for the first.
    fn pop_batch(&mut self, batch: &mut Batch) -> Result<usize> {
        // SAFETY: room for so many bytes and lengths.
        fill_batch(batch, |data, size, lens, max, got| unsafe {
            self.raw_pop_batch(data, size, lens, max, got)
        })
    }

    /// [`pop_batch`](Receive::pop_batch) that waits for the first message.
    fn pop_batch_wait(&mut self, batch: &mut Batch, timeout: impl Into<Timeout>) -> Result<usize> {
        let ns = timeout.into().0;
        // SAFETY: room for so many bytes and lengths.
        fill_batch(batch, |data, size, lens, max, got| unsafe {
            self.raw_pop_batch_wait(data, size, lens, max, got, ns)
        })
    }

    /// Look at the next message in place, without a copy.
    ///
    /// ```
    /// # use nabd::{prelude::*, Options};
    /// # fn main() -> nabd::Result<()> {
    /// # let name = &format!("rust-doc-peek-{}", std::process::id());
    /// # let (mut tx, mut rx) = Options::new().create(true).pair(name)?;
    /// # nabd::unlink(name)?;
    /// # tx.push(&7u32.to_le_bytes())?;
    /// while let Some(message) = rx.peek()? {
    ///     let id = u32::from_le_bytes(message.array(0));
    ///     println!("{id}: {} bytes", message.len());
    ///     message.release()?;
    /// }
    /// # Ok(()) }
    /// ```
    #[inline]
    fn peek(&mut self) -> Result<Option<Message<'_, Self>>> {
        // SAFETY: no pointers.
        let rc = unsafe { self.raw_peek() };
        // SAFETY: it has been peeked at.
        Ok(check_some(rc)?.map(|()| unsafe { Message::new(self) }))
    }

    /// [`peek`](Receive::peek) that waits.
    #[inline]
    fn peek_wait(&mut self, timeout: impl Into<Timeout>) -> Result<Message<'_, Self>> {
        // SAFETY: no pointers.
        let rc = unsafe { self.raw_peek_wait(timeout.into().0) };
        check_some(rc)?;
        // SAFETY: it has been peeked at.
        Ok(unsafe { Message::new(self) })
    }

    /// Look at the next messages in place, up to `max` of them.
    #[inline]
    fn peek_batch(&mut self, max: usize) -> Result<Option<MessageBatch<'_, Self>>> {
        let mut got = 0;
        // SAFETY: where to put the answer.
        let rc = unsafe { self.raw_peek_batch(max, &mut got) };
        // SAFETY: so many have been peeked at.
        Ok(check_some(rc)?.map(|()| unsafe { MessageBatch::new(self, got) }))
    }

    /// [`peek_batch`](Receive::peek_batch) that waits for the first.
    fn peek_batch_wait(
        &mut self,
        max: usize,
        timeout: impl Into<Timeout>,
    ) -> Result<MessageBatch<'_, Self>> {
        let mut got = 0;
        // SAFETY: where to put the answer.
        let rc = unsafe { self.raw_peek_batch_wait(max, &mut got, timeout.into().0) };
        check_some(rc)?;
        // SAFETY: so many have been peeked at.
        Ok(unsafe { MessageBatch::new(self, got) })
    }

    /// Copies of the messages that are there, until there is none.
    ///
    /// After [`Error::Lapped`] it goes on; after any other error it has ended.
    fn try_iter(&mut self) -> Iter<'_, Self> {
        Iter { rx: self, timeout: None, ended: false }
    }

    /// Copies of messages, waiting for each, until the wait ends: with [`Error::Timeout`], say, or
    /// with [`Error::NoProducer`] if [`Wait`](crate::Wait) asks for that. The iterator ends after
    /// the error.
    fn iter(&mut self, timeout: impl Into<Timeout>) -> Iter<'_, Self> {
        Iter { rx: self, timeout: Some(timeout.into()), ended: false }
    }

    /// What lets [`Message::slice`] lend messages as `&[u8]`. [`Error::Invalid`]: the queue is
    /// overwriting, or the member's group may be evicted; there even an honest producer writes to
    /// messages that are being read.
    ///
    /// # Safety
    ///
    /// As long as the trust or a clone of it exists, nobody writes to a message of the queue while
    /// it is lent as a slice, nor to a slot or reads it while it is lent as a mutable one. That
    /// holds if
    ///
    /// - all who may open the queue for writing (its [`mode`](crate::Options::mode) and owner say
    ///   who that is) use it through nabd alone, and do not write to messages that they have sent
    ///   or peeked at;
    /// - nobody removes the member's group while a message is lent.
    unsafe fn trust(&self) -> Result<Trust> {
        // SAFETY: as the caller says.
        unsafe { self.new_trust() }
    }
}

#[inline]
fn pop_answer(rc: i32, len: usize) -> Result<Option<usize>> {
    match rc {
        sys::NABD_OK => Ok(Some(len)),
        sys::NABD_EMPTY => Ok(None),
        sys::NABD_BUFFER => Err(Error::Buffer { needed: len }),
        rc => Err(error_of(rc)),
    }
}

/// Pop into all that `buf` has allocated.
#[inline]
fn fill(buf: &mut Vec<u8>, pop: impl FnOnce(*mut u8, &mut usize) -> i32) -> Result<Option<usize>> {
    buf.clear();
    let mut len = buf.capacity();
    let rc = pop(buf.as_mut_ptr(), &mut len);
    let answer = pop_answer(rc, len);
    if let Ok(Some(len)) = answer {
        debug_assert!(len <= buf.capacity());
        // SAFETY: so many bytes were written.
        unsafe { buf.set_len(len) };
    }
    answer
}

fn fill_batch(
    batch: &mut Batch,
    mut pop: impl FnMut(*mut u8, usize, *mut u32, usize, &mut usize) -> i32,
) -> Result<usize> {
    let max = batch.max();
    let mut bytes = 1;
    loop {
        // SAFETY: the library has written so many messages and their lengths.
        let answer = unsafe {
            batch.fill(bytes, |data, size, lens| {
                let mut got = 0;
                match pop(data, size, lens, max, &mut got) {
                    sys::NABD_OK => Ok(got),
                    sys::NABD_EMPTY => Ok(0),
                    sys::NABD_BUFFER => Err(Error::Buffer { needed: *lens as usize }),
                    rc => Err(error_of(rc)),
                }
            })
        };
        match answer {
            Err(Error::Buffer { needed }) => bytes = needed,
            answer => return answer,
        }
    }
}

/// Iterates over copies of messages.
#[derive(Debug)]
pub struct Iter<'a, R: Receive> {
    rx: &'a mut R,
    timeout: Option<Timeout>,
    ended: bool,
}

impl<R: Receive> Iterator for Iter<'_, R> {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Result<Vec<u8>>> {
        if self.ended {
            return None;
        }
        let next = match self.timeout {
            None => self.rx.pop().transpose(),
            Some(timeout) => Some(self.rx.pop_wait(timeout)),
        };
        self.ended = match next {
            None => true,
            Some(Err(error)) => error != Error::Lapped,
            Some(Ok(_)) => false,
        };
        next
    }
}

impl<R: Receive> std::iter::FusedIterator for Iter<'_, R> {}
