// SPDX-License-Identifier: MIT
//! The receiving side of a queue's default group.

use std::os::unix::io::RawFd;
use std::ptr;
use std::sync::atomic::Ordering;
use std::sync::Arc;

use nabd_sys as sys;

use crate::error::{check, Error, Refused, Result};
use crate::handle::{End, OneThread};
use crate::join::Join;
use crate::look::Observer;
use crate::member::Member;
use crate::options::Options;
use crate::source::{source, NO_MESSAGE};
use crate::trust::Trust;
use crate::wait::{sealed, Wait, Waitable, Waker};

/// How many messages of an overwriting queue a reader was too late for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// How many the last [`Error::Lapped`] was about.
    pub gap: u64,
    /// How many since the queue was opened.
    pub total: u64,
}

/// The receiving side of a queue: reader of its default group, once it has peeked or popped, or the
/// door to its other groups through [`join`](Consumer::join). Receiving is in the trait
/// [`Receive`](crate::Receive).
///
/// It may be given to another thread, but used by one at a time:
///
/// ```compile_fail
/// fn shared<T: Sync>() {}
/// shared::<nabd::Consumer>();
/// ```
#[derive(Debug)]
pub struct Consumer {
    pub(crate) handle: End,
    peeked: sys::nabd_msg,
    scratch: Vec<sys::nabd_msg>,
    one: OneThread,
}

// SAFETY: the library allows any thread, one at a time. `peeked` and `scratch` hold addresses of
// messages, which are those of the process.
unsafe impl Send for Consumer {}

source!(
    Consumer,
    nabd_pop,
    nabd_pop_wait,
    nabd_pop_batch,
    nabd_pop_batch_wait,
    nabd_peek_msg,
    nabd_peek_msg_wait,
    nabd_peek_batch,
    nabd_peek_batch_wait,
    nabd_release,
    nabd_release_batch
);

impl Consumer {
    pub(crate) fn new(handle: End) -> Consumer {
        Consumer { handle, peeked: NO_MESSAGE, scratch: Vec::new(), one: OneThread::default() }
    }

    /// Open a queue that exists. With wishes: [`Options`].
    pub fn open(name: &str) -> Result<Consumer> {
        Options::new().consumer(name)
    }

    #[inline]
    pub(crate) fn raw(&self) -> *mut sys::nabd_t {
        self.handle.raw()
    }

    fn raw_queue(&self) -> *mut sys::nabd_t {
        self.raw()
    }

    fn most(&self) -> usize {
        self.handle.slots
    }

    /// No callback runs in its calls.
    #[inline]
    fn settled(&self, rc: i32) -> i32 {
        rc
    }

    #[inline]
    fn received(&self, rc: i32) -> i32 {
        rc
    }

    #[inline]
    fn looked(&self, rc: i32) -> i32 {
        rc
    }

    fn trust_of(&self) -> Result<Trust> {
        Trust::of_handle(&self.handle)
    }

    /// How many messages were overwritten unread.
    pub fn lost(&mut self) -> Result<Lost> {
        let mut lost = Lost::default();
        // SAFETY: an open handle, whose receiving side is ours; where to put two numbers.
        check(unsafe { sys::nabd_lost(self.raw(), &mut lost.gap, &mut lost.total) })?;
        Ok(lost)
    }

    /// Become a member of a consumer group, and make the group if it is not there: 1 to 16, or 0
    /// for a new group with a free id. With wishes: [`join_with`](Consumer::join_with).
    ///
    /// Each group gets every message; the members of one group share them. What a member holds when
    /// it ends is given to another. A group lives until it is removed.
    pub fn join(&self, group: u32) -> Result<Member> {
        self.join_with(group, Join::new())
    }

    /// [`join`](Consumer::join) with wishes.
    pub fn join_with(&self, group: u32, join: Join) -> Result<Member> {
        Member::join(&self.handle, group, join)
    }

    /// Remove a group, 1 to 16: it holds nothing back any more, and its members are told
    /// [`Error::Dropped`].
    pub fn drop_group(&self, group: u32) -> Result<()> {
        // SAFETY: an open handle; the call excludes nothing but closing.
        check(unsafe { sys::nabd_group_drop(self.raw(), group) }).map(drop)
    }

    /// Choose how it waits; members that are joined later begin with the same. [`Error::State`]: it
    /// is one of a pair, for which there is [`set_wait_pair`](crate::Producer::set_wait_pair).
    pub fn set_wait(&mut self, wait: &Wait) -> Result<()> {
        if self.handle.is_pair() {
            return Err(Error::State);
        }
        self.set_wait_alone(wait)
    }

    /// The caller has both sides. Who could join meanwhile has `&self`, which is borrowed.
    pub(crate) fn set_wait_alone(&mut self, wait: &Wait) -> Result<()> {
        // SAFETY: an open handle, of which all sides are ours; valid options.
        check(unsafe { sys::nabd_set_wait(self.raw(), wait.as_c()) }).map(drop)
    }

    /// Ends its waits from another thread.
    pub fn waker(&self) -> Waker {
        Waker::of_handle(Arc::downgrade(&self.handle))
    }

    /// Looks at the queue, from any thread, as long as this end is open.
    pub fn observer(&self) -> Observer {
        Observer::watching(&self.handle)
    }

    /// Close it, and say how that went; dropping it closes it too. Refused with [`Error::State`]
    /// while members that were joined through it are open. An end of a pair whose other end is
    /// open is only given back: the last that is closed closes it.
    pub fn close(self) -> Result<(), Refused<Self>> {
        if self.handle.members.load(Ordering::Relaxed) != 0 {
            return Err(Refused { error: Error::State, guard: self });
        }
        let closed = self.handle.close();
        closed.map_err(|(error, end)| Refused { error, guard: Consumer::new(end) })
    }
}

impl Waitable for Consumer {}

impl sealed::Item for Consumer {
    fn raw_fd(&mut self) -> Result<RawFd> {
        // SAFETY: an open handle, whose receiving side is ours.
        check(unsafe { sys::nabd_fd(self.raw()) })
    }

    fn raw_arm(&mut self) -> Result<i32> {
        // SAFETY: an open handle, whose receiving side is ours.
        check(unsafe { sys::nabd_arm(self.raw()) })
    }

    fn raw_identity(&self) -> u64 {
        self.handle.id
    }

    fn item(&mut self) -> Result<sys::nabd_wait_item> {
        let q = self.raw();
        Ok(sys::nabd_wait_item { q, consumer: ptr::null_mut(), result: 0, reserved: 0 })
    }

    fn settle(&mut self) {}
}
