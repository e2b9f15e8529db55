// SPDX-License-Identifier: MIT
//! Waiting: for how long, in which way, for several at once, and how another thread ends it.

use std::os::unix::io::{BorrowedFd, OwnedFd, RawFd};
use std::sync::Weak;
use std::time::{Duration, Instant};

use nabd_sys as sys;

use crate::error::{check, Error, Result};
use crate::handle::Handle;
use crate::member::MemberHandle;

/// How long to wait at most: a [`Duration`], an [`Instant`] as the deadline, or [`FOREVER`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout(pub(crate) i64);

/// Wait until it comes, however long that takes.
pub const FOREVER: Timeout = Timeout(-1);

impl From<Duration> for Timeout {
    fn from(duration: Duration) -> Timeout {
        Timeout(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX))
    }
}

impl From<Instant> for Timeout {
    /// A deadline that has passed is no wait at all.
    fn from(deadline: Instant) -> Timeout {
        deadline.saturating_duration_since(Instant::now()).into()
    }
}

impl From<Option<Duration>> for Timeout {
    /// `None` is [`FOREVER`].
    fn from(duration: Option<Duration>) -> Timeout {
        duration.map_or(FOREVER, Timeout::from)
    }
}

/// How to wait: first try again for a while (spin), then let others run (yield), then sleep.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Wait(sys::nabd_wait_opts);

const fn wait_of(spin_ns: u64, yield_ns: u64) -> Wait {
    let size = std::mem::size_of::<sys::nabd_wait_opts>() as u32;
    Wait(sys::nabd_wait_opts { size, flags: 0, spin_ns, yield_ns, slice_ns: 0 })
}

impl Wait {
    /// 5 us of spinning, 5 of yielding, then sleep: what everything does that is not told
    /// otherwise.
    pub const BALANCED: Wait = wait_of(5_000, 5_000);
    /// Spins for 10 ms: burns a CPU while messages come more often than that.
    pub const LATENCY: Wait = wait_of(10_000_000, 0);
    /// Sleeps at once.
    pub const POWER: Wait = wait_of(0, 0);

    /// Spin for so long.
    pub fn spin(mut self, time: Duration) -> Wait {
        self.0.spin_ns = nanos(time);
        self
    }

    /// Yield for so long.
    pub fn yielding(mut self, time: Duration) -> Wait {
        self.0.yield_ns = nanos(time);
        self
    }

    /// Sleep for no longer than this at once; zero for the library's 100 ms.
    pub fn slice(mut self, time: Duration) -> Wait {
        self.0.slice_ns = nanos(time);
        self
    }

    /// End a wait with [`Error::Unlinked`] once the queue's name is gone.
    pub fn end_when_unlinked(mut self) -> Wait {
        self.0.flags |= sys::NABD_WAIT_UNLINK;
        self
    }

    /// End a wait for messages with [`Error::NoProducer`] when no producer lives.
    pub fn end_without_producer(mut self) -> Wait {
        self.0.flags |= sys::NABD_WAIT_PRODUCER;
        self
    }

    pub(crate) fn as_c(&self) -> &sys::nabd_wait_opts {
        &self.0
    }
}

impl Default for Wait {
    fn default() -> Wait {
        Wait::BALANCED
    }
}

pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[derive(Clone, Debug)]
enum Woken {
    Handle(Weak<Handle>),
    Member(Weak<MemberHandle>),
}

/// Ends the waits of a producer, consumer or member from any thread. It keeps nothing open.
#[derive(Clone, Debug)]
pub struct Waker(Woken);

impl Waker {
    pub(crate) fn of_handle(handle: Weak<Handle>) -> Waker {
        Waker(Woken::Handle(handle))
    }

    pub(crate) fn of_member(member: Weak<MemberHandle>) -> Waker {
        Waker(Woken::Member(member))
    }

    /// End the wait that runs, or the next one, with [`Error::Woken`]. A message or slot that is
    /// there is preferred. What was opened as a pair is woken on both ends. [`Error::Invalid`] says
    /// that it was dropped already.
    pub fn wake(&self) -> Result<()> {
        match &self.0 {
            Woken::Handle(handle) => {
                let handle = Handle::borrow(handle)?;
                // SAFETY: it is open as long as we have it.
                check(unsafe { sys::nabd_wake(handle.raw()) }).map(drop)
            }
            Woken::Member(member) => {
                let member = MemberHandle::borrow(member)?;
                // SAFETY: it is open as long as we have it.
                check(unsafe { sys::nabd_consumer_wake(member.raw()) }).map(drop)
            }
        }
    }
}

/// Something that can be waited for beside others: a [`Producer`](crate::Producer), a
/// [`Consumer`](crate::Consumer) or a [`Member`](crate::Member). A producer has a free slot when it
/// is ready, the others a message.
pub trait Waitable: sealed::Item {
    /// A descriptor for `poll` and event loops: readable when there may be something, but only
    /// between [`arm`](Waitable::arm) and the next. It belongs to `self`: never read from it, nor
    /// close it. The same at every call.
    fn fd(&mut self) -> Result<RawFd> {
        self.raw_fd()
    }

    /// A duplicate of [`fd`](Waitable::fd): for an event loop that may keep it for longer than
    /// `self` lives. It then tells nothing any more, and its number is no other file's.
    fn owned_fd(&mut self) -> Result<OwnedFd> {
        let fd = self.raw_fd()?;
        // SAFETY: it is open as long as `self`, which is borrowed.
        let duplicate = unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned();
        duplicate.map_err(|error| Error::System { errno: error.raw_os_error().unwrap_or(0) })
    }

    /// A number that no other queue or member of this process has, nor one that was closed.
    fn identity(&self) -> u64 {
        self.raw_identity()
    }

    /// Let the descriptor tell of the next message or free slot, and make it unreadable until then.
    /// `true`: there is something already, so do not wait.
    ///
    /// Call it each time before waiting on the descriptor. [`Error::Lapped`] and [`Error::Woken`]
    /// are told here too.
    fn arm(&mut self) -> Result<bool> {
        self.raw_arm().map(|answer| answer != 0)
    }
}

pub(crate) mod sealed {
    use super::*;

    pub trait Item {
        fn raw_fd(&mut self) -> Result<RawFd>;
        fn raw_arm(&mut self) -> Result<i32>;
        fn raw_identity(&self) -> u64;
        fn item(&mut self) -> Result<sys::nabd_wait_item>;
        /// Let go on what a callback of this one has panicked with.
        fn settle(&mut self);
    }
}

/// What [`wait_any`] found: `Ok(true)`: serve it; `Ok(false)`: nothing there; or an error to be
/// served as one that [`Waitable::arm`] gives.
pub type Ready = Result<bool>;

/// Wait until one or more have a message, or a free slot. Serve all that are ready: those behind
/// the first may else never get their turn.
///
/// ```
/// # use nabd::{prelude::*, wait_any, Options, FOREVER};
/// # fn main() -> nabd::Result<()> {
/// # let [a, b] = ["a", "b"].map(|x| format!("rust-doc-any-{x}-{}", std::process::id()));
/// # let (a, b) = (a.as_str(), b.as_str());
/// # let (mut orders_tx, mut orders) = Options::new().create(true).pair(a)?;
/// # let (_tx, mut prices) = Options::new().create(true).pair(b)?;
/// # nabd::unlink(a)?; nabd::unlink(b)?;
/// # orders_tx.push(b"one")?;
/// let [order, price] = wait_any([&mut orders, &mut prices], FOREVER)?;
/// if order? {
///     while let Some(message) = orders.pop()? {
///         println!("{}", message.len());
///     }
/// }
/// if price? { /* likewise */ }
/// # Ok(()) }
/// ```
pub fn wait_any<const N: usize>(
    mut items: [&mut dyn Waitable; N],
    timeout: impl Into<Timeout>,
) -> Result<[Ready; N]> {
    let mut ready = [Ok(false); N];
    wait_slice(&mut items, timeout.into(), &mut ready)?;
    Ok(ready)
}

/// [`wait_any`] for a number that is not known when it is compiled; up to 64.
pub fn wait_any_of(
    items: &mut [&mut dyn Waitable],
    timeout: impl Into<Timeout>,
) -> Result<Vec<Ready>> {
    let mut ready = vec![Ok(false); items.len()];
    wait_slice(items, timeout.into(), &mut ready)?;
    Ok(ready)
}

fn wait_slice(
    items: &mut [&mut dyn Waitable],
    timeout: Timeout,
    ready: &mut [Ready],
) -> Result<()> {
    const NONE: sys::nabd_wait_item = sys::nabd_wait_item {
        q: std::ptr::null_mut(),
        consumer: std::ptr::null_mut(),
        result: 0,
        reserved: 0,
    };
    let mut raw = [NONE; sys::NABD_WAIT_ANY_MAX as usize];
    if items.len() > raw.len() {
        return Err(Error::Invalid);
    }
    for (item, raw) in items.iter_mut().zip(&mut raw) {
        *raw = item.item()?;
    }
    // SAFETY: so many items, of which each is borrowed for us alone.
    let rc = unsafe { sys::nabd_wait_any(raw.as_mut_ptr(), items.len(), timeout.0) };
    let answer = check(rc).map(drop);
    for (item, (raw, ready)) in items.iter_mut().zip(raw.iter().zip(ready)) {
        item.settle();
        *ready = match raw.result {
            0 => Ok(false),
            rc if rc > 0 => Ok(true),
            rc => Err(Error::from_code(rc)),
        };
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_nanoseconds_and_never_wrap() {
        assert_eq!(Timeout::from(Duration::from_micros(3)), Timeout(3_000));
        assert_eq!(Timeout::from(Duration::ZERO), Timeout(0));
        assert_eq!(Timeout::from(Duration::MAX), Timeout(i64::MAX));
        assert_eq!(Timeout::from(None), FOREVER);
        assert_eq!(Timeout::from(Some(Duration::from_secs(1))), Timeout(1_000_000_000));
        assert_eq!(Timeout::from(Instant::now() - Duration::from_millis(1)), Timeout(0));
        let wait = Wait::POWER.spin(Duration::MAX).end_when_unlinked();
        assert_eq!((wait.0.spin_ns, wait.0.flags), (u64::MAX, sys::NABD_WAIT_UNLINK));
    }
}
