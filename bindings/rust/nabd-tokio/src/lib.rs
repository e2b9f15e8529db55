// SPDX-License-Identifier: MIT
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![forbid(unsafe_code)]

use std::future::Future;
use std::io;
use std::os::unix::io::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use nabd::{Error, Producer, Receive, Result, Waitable};
use tokio::io::unix::AsyncFd;
use tokio::io::Interest;

/// Something of nabd that tasks wait for.
///
/// The descriptor is a duplicate of the library's own: `get_mut` lets another be put in its place,
/// with which the library's would be closed while tokio's reactor has its number.
#[derive(Debug)]
struct Waiting<W> {
    fd: AsyncFd<OwnedFd>,
    /// Whose descriptor that is.
    identity: u64,
    inner: W,
}

fn system(error: io::Error) -> Error {
    Error::System { errno: error.raw_os_error().unwrap_or(0) }
}

fn register(inner: &mut impl Waitable) -> Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(inner.owned_fd()?, Interest::READABLE).map_err(system)
}

impl<W: Waitable> Waiting<W> {
    fn new(mut inner: W) -> Result<Waiting<W>> {
        let fd = register(&mut inner)?;
        Ok(Waiting { fd, identity: inner.identity(), inner })
    }

    /// Whether there is something; if not, the task is woken when there may be.
    ///
    /// What tokio remembers of the descriptor is of before it was armed anew, and so is forgotten
    /// first: what comes after arming makes it readable again. tokio forgets no event that came
    /// after it was asked.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.identity != self.inner.identity() {
            self.fd = register(&mut self.inner)?;
            self.identity = self.inner.identity();
        }
        loop {
            if let Poll::Ready(guard) = self.fd.poll_read_ready(cx) {
                guard.map_err(system)?.clear_ready();
            }
            if self.inner.arm()? {
                return Poll::Ready(Ok(()));
            }
            match self.fd.poll_read_ready(cx) {
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(system(error))),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// That of std is younger than Rust 1.63.
fn poll_fn<T, F: FnMut(&mut Context<'_>) -> Poll<T> + Unpin>(f: F) -> impl Future<Output = T> {
    struct PollFn<F>(F);

    impl<T, F: FnMut(&mut Context<'_>) -> Poll<T> + Unpin> Future for PollFn<F> {
        type Output = T;

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
            (self.0)(cx)
        }
    }

    PollFn(f)
}

/// Receives in tasks of tokio: of a [`Consumer`](nabd::Consumer) or [`Member`](nabd::Member).
///
/// As a [`Stream`] it gives copies of messages. [`Error::Lapped`] is one of its items, and it goes
/// on; after any other error it has ended, and stays so until [`get_mut`](Receiver::get_mut) has
/// put another consumer or member in the place of what has ended: that is a stream of its own.
/// What ended last is remembered, also while another is in its place. The other calls know of no
/// end: they ask again.
#[derive(Debug)]
pub struct Receiver<R: Receive> {
    waiting: Waiting<R>,
    /// The identity of what has ended as a stream.
    ended: Option<u64>,
}

impl<R: Receive> Receiver<R> {
    /// Within a runtime of tokio whose I/O is enabled; it panics elsewhere, as all of tokio's I/O
    /// does.
    pub fn new(rx: R) -> Result<Receiver<R>> {
        Ok(Receiver { waiting: Waiting::new(rx)?, ended: None })
    }

    /// What it receives from: for calls that do not wait. Another may be put in its place.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.waiting.inner
    }

    /// Give it back.
    pub fn into_inner(self) -> R {
        self.waiting.inner
    }

    /// Receive a copy of the next message, waiting for it.
    pub async fn pop(&mut self) -> Result<Vec<u8>> {
        poll_fn(|cx| self.poll_pop(cx)).await
    }

    /// [`pop`](Receiver::pop) for those who write futures by hand.
    pub fn poll_pop(&mut self, cx: &mut Context<'_>) -> Poll<Result<Vec<u8>>> {
        loop {
            if let Some(message) = self.waiting.inner.pop()? {
                return Poll::Ready(Ok(message));
            }
            match self.waiting.poll_ready(cx) {
                Poll::Ready(answer) => answer?,
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Wait until there is a message. [`Error::State`]: the guard of one was forgotten.
    pub async fn ready(&mut self) -> Result<()> {
        poll_fn(|cx| self.waiting.poll_ready(cx)).await
    }
}

impl<R: Receive + Unpin> Stream for Receiver<R> {
    type Item = Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let identity = self.waiting.inner.identity();
        if self.ended == Some(identity) {
            return Poll::Ready(None);
        }
        let next = self.poll_pop(cx);
        match next {
            Poll::Ready(Err(error)) if error != Error::Lapped => self.ended = Some(identity),
            _ => {}
        }
        next.map(Some)
    }
}

/// Sends in tasks of tokio.
#[derive(Debug)]
pub struct Sender {
    waiting: Waiting<Producer>,
}

impl Sender {
    /// Within a runtime of tokio whose I/O is enabled. [`Error::Role`]: it is one end of a pair.
    pub fn new(tx: Producer) -> Result<Sender> {
        Ok(Sender { waiting: Waiting::new(tx)? })
    }

    /// What it sends through: for calls that do not wait. Another may be put in its place.
    pub fn get_mut(&mut self) -> &mut Producer {
        &mut self.waiting.inner
    }

    /// Give it back.
    pub fn into_inner(self) -> Producer {
        self.waiting.inner
    }

    /// Send a copy of a message, waiting for a free slot. A future that is dropped has not sent it.
    pub async fn push(&mut self, message: &[u8]) -> Result<()> {
        poll_fn(|cx| self.poll_push(cx, message)).await
    }

    /// [`push`](Sender::push) for those who write futures by hand.
    pub fn poll_push(&mut self, cx: &mut Context<'_>, message: &[u8]) -> Poll<Result<()>> {
        loop {
            match self.waiting.inner.push(message) {
                Err(Error::Full) => {}
                answer => return Poll::Ready(answer),
            }
            match self.waiting.poll_ready(cx) {
                Poll::Ready(answer) => answer?,
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Wait until there is a free slot.
    pub async fn ready(&mut self) -> Result<()> {
        poll_fn(|cx| self.waiting.poll_ready(cx)).await
    }
}
