// SPDX-License-Identifier: MIT
//! Copies of several messages, one behind the other.

/// Several messages in one buffer, to be sent or as they were received. It is used again and again
/// without allocating.
///
/// ```
/// # use nabd::{prelude::*, Batch, Options};
/// # fn main() -> nabd::Result<()> {
/// # let name = &format!("rust-doc-batch-{}", std::process::id());
/// # let (mut tx, mut rx) = Options::new().create(true).pair(name)?;
/// # nabd::unlink(name)?;
/// let batch: Batch = ["one", "two", "three"].into_iter().collect();
/// assert_eq!(tx.push_batch(&batch)?, 3);
///
/// let mut got = Batch::with_capacity(64, 4096);
/// rx.pop_batch(&mut got)?;
/// assert!(got.iter().eq([b"one" as &[u8], b"two", b"three"]));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    bytes: Vec<u8>,
    lens: Vec<u32>,
    max: usize,
}

impl Batch {
    /// Without messages. [`pop_batch`](crate::Receive::pop_batch) fills it with 64 at most.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Room for so many messages, and bytes of them all. No more than `messages` are received into
    /// it.
    pub fn with_capacity(messages: usize, bytes: usize) -> Batch {
        Batch {
            bytes: Vec::with_capacity(bytes),
            lens: Vec::with_capacity(messages),
            max: messages,
        }
    }

    /// Add a message.
    ///
    /// # Panics
    ///
    /// If it is longer than 4 GiB.
    #[inline]
    pub fn add(&mut self, message: &[u8]) {
        let len = u32::try_from(message.len()).expect("no message is longer than 4 GiB");
        self.bytes.extend_from_slice(message);
        self.lens.push(len);
    }

    /// How many messages.
    pub fn len(&self) -> usize {
        self.lens.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lens.is_empty()
    }

    /// Forget the messages, keep the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.lens.clear();
    }

    /// Forget the first `n` messages, or all if there are fewer.
    pub fn remove_first(&mut self, n: usize) {
        let n = n.min(self.lens.len());
        let bytes: usize = self.lens.drain(..n).map(|len| len as usize).sum();
        self.bytes.drain(..bytes);
    }

    /// The messages in order.
    pub fn iter(&self) -> Messages<'_> {
        Messages { bytes: &self.bytes, lens: self.lens.iter() }
    }

    /// All bytes, and the messages' lengths: they always add up.
    pub(crate) fn parts(&self) -> (&[u8], &[u32]) {
        (&self.bytes, &self.lens)
    }

    /// Most messages to be received.
    pub(crate) fn max(&self) -> usize {
        if self.max == 0 {
            64
        } else {
            self.max
        }
    }

    /// Let `f` fill the spare room, which is `bytes` at least. It is given the buffer, its size and
    /// the room for lengths, and returns how many messages it has put there.
    ///
    /// # Safety
    /// So many lengths have been written, and so many bytes as they add up to.
    pub(crate) unsafe fn fill<E>(
        &mut self,
        bytes: usize,
        f: impl FnOnce(*mut u8, usize, *mut u32) -> Result<usize, E>,
    ) -> Result<usize, E> {
        self.clear();
        self.bytes.reserve(bytes);
        self.lens.reserve(self.max());
        let got = f(self.bytes.as_mut_ptr(), self.bytes.capacity(), self.lens.as_mut_ptr())?;
        // SAFETY: as the caller says.
        unsafe {
            self.lens.set_len(got);
            let all = self.lens.iter().map(|&len| len as usize).sum::<usize>();
            assert!(all <= self.bytes.capacity());
            self.bytes.set_len(all);
        }
        Ok(got)
    }
}

/// Iterates over a [`Batch`].
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    bytes: &'a [u8],
    lens: std::slice::Iter<'a, u32>,
}

impl<'a> Iterator for Messages<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let (message, rest) = self.bytes.split_at(*self.lens.next()? as usize);
        self.bytes = rest;
        Some(message)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.lens.size_hint()
    }
}

impl ExactSizeIterator for Messages<'_> {}

impl<'a> IntoIterator for &'a Batch {
    type Item = &'a [u8];
    type IntoIter = Messages<'a>;

    fn into_iter(self) -> Messages<'a> {
        self.iter()
    }
}

impl<M: AsRef<[u8]>> Extend<M> for Batch {
    fn extend<I: IntoIterator<Item = M>>(&mut self, messages: I) {
        messages.into_iter().for_each(|message| self.add(message.as_ref()));
    }
}

impl<M: AsRef<[u8]>> FromIterator<M> for Batch {
    fn from_iter<I: IntoIterator<Item = M>>(messages: I) -> Batch {
        let mut batch = Batch::new();
        batch.extend(messages);
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_as_they_went_in() {
        let all: Vec<&[u8]> = vec![b"", b"a", b"", b"bcd"];
        let mut batch: Batch = all.iter().collect();
        assert_eq!(batch.iter().collect::<Vec<_>>(), all);
        assert_eq!(batch.iter().len(), 4);
        batch.remove_first(2);
        assert_eq!(batch.iter().collect::<Vec<_>>(), all[2..]);
        batch.remove_first(9);
        assert!(batch.is_empty() && batch.iter().next().is_none());
        batch.add(b"again");
        assert_eq!(batch.parts(), (&b"again"[..], &[5u32][..]));
    }
}
