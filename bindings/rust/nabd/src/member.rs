// SPDX-License-Identifier: MIT
//! Members of consumer groups.

use std::mem;
use std::ops::Deref;
use std::os::unix::io::RawFd;
use std::panic::resume_unwind;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use nabd_sys as sys;

use crate::error::{check, Error, Result};
use crate::handle::{alone, new_id, Handle, OneThread};
use crate::join::{Hired, Join};
use crate::look::{self, Observer};
use crate::numbers::MemberStats;
use crate::producer::Producer;
use crate::source::{source, NO_MESSAGE};
use crate::trust::Trust;
use crate::wait::{sealed, Wait, Waitable, Waker};

#[derive(Debug)]
pub(crate) struct MemberHandle {
    raw: NonNull<sys::nabd_consumer_t>,
    is_open: bool,
    /// Not while it is closed or dropped. Who wakes it then has it for a moment, and is waited for.
    is_joined: AtomicBool,
    pub(crate) id: u64,
    /// Goes before what is the program's, which may want to close it.
    queue: Arc<Handle>,
    /// What the library uses in its receiving calls, and so goes after it is closed.
    letters: Option<Producer>,
    undertaker: Hired,
}

// SAFETY: as for Handle; callbacks are Send, and so is a Producer. Both are used within receiving
// calls only, which are those of the one Member.
unsafe impl Send for MemberHandle {}
// SAFETY: as above.
unsafe impl Sync for MemberHandle {}

impl MemberHandle {
    #[inline]
    pub(crate) fn raw(&self) -> *mut sys::nabd_consumer_t {
        self.raw.as_ptr()
    }

    /// To have it for a moment: [`Handle::borrow`].
    pub(crate) fn borrow(weak: &Weak<MemberHandle>) -> Result<Arc<MemberHandle>> {
        let handle = weak.upgrade().ok_or(Error::Invalid)?;
        if !handle.is_joined.load(Ordering::Relaxed) {
            return Err(Error::Invalid);
        }
        Ok(handle)
    }

    fn close(mut self) -> Result<()> {
        self.shut()
    }

    fn shut(&mut self) -> Result<()> {
        self.is_open = false;
        // SAFETY: it was open, and nobody else has it.
        check(unsafe { sys::nabd_consumer_close(self.raw()) }).map(drop)
    }
}

impl Drop for MemberHandle {
    fn drop(&mut self) {
        if self.is_open {
            // There is nobody to tell an error to; close() does.
            let _ = self.shut();
        }
    }
}

/// The member itself has it, and not who wakes it. Queues can be closed when it is gone: that waits
/// for who has it still.
#[derive(Debug)]
pub(crate) struct Joined(Arc<MemberHandle>);

impl Deref for Joined {
    type Target = Arc<MemberHandle>;

    #[inline]
    fn deref(&self) -> &Arc<MemberHandle> {
        &self.0
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.is_joined.store(false, Ordering::Relaxed);
        if let Some(letters) = &self.letters {
            letters.handle.members.fetch_sub(1, Ordering::AcqRel);
        }
        self.queue.members.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A member of a consumer group. Receiving is in the trait [`Receive`](crate::Receive). Dropped, it
/// leaves the group, and what it holds goes to other members.
///
/// It may be given to another thread, but used by one at a time:
///
/// ```compile_fail
/// fn shared<T: Sync>() {}
/// shared::<nabd::Member>();
/// ```
#[derive(Debug)]
pub struct Member {
    pub(crate) handle: Joined,
    peeked: sys::nabd_msg,
    scratch: Vec<sys::nabd_msg>,
    one: OneThread,
}

// SAFETY: the library allows any thread, one at a time. `peeked` and `scratch` hold addresses of
// messages, which are those of the process.
unsafe impl Send for Member {}

source!(
    Member,
    nabd_consumer_pop,
    nabd_consumer_pop_wait,
    nabd_consumer_pop_batch,
    nabd_consumer_pop_batch_wait,
    nabd_consumer_peek_msg,
    nabd_consumer_peek_msg_wait,
    nabd_consumer_peek_batch,
    nabd_consumer_peek_batch_wait,
    nabd_consumer_release,
    nabd_consumer_release_batch
);

impl Member {
    pub(crate) fn join(queue: &Arc<Handle>, group: u32, join: Join) -> Result<Member> {
        let (opts, undertaker, letters) = join.into_c()?;
        let mut raw = ptr::null_mut();
        // SAFETY: an open handle; valid options, whose callback and queue live as long as the
        // member.
        let rc = unsafe { sys::nabd_consumer_join_opts(queue.raw(), group, &opts, &mut raw) };
        let raw = check(rc).and_then(|_| NonNull::new(raw).ok_or(Error::Invalid))?;
        queue.members.fetch_add(1, Ordering::Relaxed);
        if let Some(letters) = &letters {
            letters.handle.members.fetch_add(1, Ordering::Relaxed);
        }
        let handle = Arc::new(MemberHandle {
            raw,
            is_open: true,
            is_joined: AtomicBool::new(true),
            id: new_id(),
            queue: queue.clone(),
            letters,
            undertaker,
        });
        Ok(Member {
            handle: Joined(handle),
            peeked: NO_MESSAGE,
            scratch: Vec::new(),
            one: OneThread::default(),
        })
    }

    #[inline]
    pub(crate) fn raw(&self) -> *mut sys::nabd_consumer_t {
        self.handle.raw()
    }

    fn raw_queue(&self) -> *mut sys::nabd_t {
        self.handle.queue.raw()
    }

    fn most(&self) -> usize {
        self.handle.queue.slots
    }

    /// Let go on what a callback has panicked with: one for dead letters, or one of the queue that
    /// they are sent to.
    #[inline]
    fn settled(&mut self, rc: i32) -> i32 {
        if !self.handle.undertaker.0.is_null() || self.handle.letters.is_some() {
            self.settle_calls();
        }
        rc
    }

    /// As settled(), behind a call that gives a copy away: if it has, that copy must not be lost in
    /// the panic, which so waits for the next call.
    #[inline]
    fn received(&mut self, rc: i32) -> i32 {
        if rc == sys::NABD_OK {
            return rc;
        }
        self.settled(rc)
    }

    /// As settled(), behind a look, which has no guard yet: after a panic it would be in the way of
    /// every other call.
    #[inline]
    fn looked(&mut self, rc: i32) -> i32 {
        if !self.handle.undertaker.0.is_null() || self.handle.letters.is_some() {
            self.settle_look();
        }
        rc
    }

    #[cold]
    fn settle_look(&mut self) {
        struct Undo(*mut sys::nabd_consumer_t);

        impl Drop for Undo {
            fn drop(&mut self) {
                // SAFETY: an open member, for us alone. If nothing is peeked at, nothing happens.
                unsafe { sys::nabd_consumer_release_batch(self.0, 0) };
            }
        }

        let undo = Undo(self.raw());
        self.settle_calls();
        mem::forget(undo);
    }

    #[cold]
    fn settle_calls(&mut self) {
        if let Some(letters) = &self.handle.letters {
            letters.settle();
        }
        if !self.handle.undertaker.0.is_null() {
            // SAFETY: the library uses it within receiving calls only, and `&mut` says that none
            // runs.
            let panic = unsafe { (*self.handle.undertaker.0).panic.take() };
            if let Some(panic) = panic {
                resume_unwind(panic);
            }
        }
    }

    fn trust_of(&self) -> Result<Trust> {
        let group = self.stats()?.group;
        let info = look::group_of(self.handle.queue.raw(), group)?;
        if info.max_lag != 0 || info.max_stall_ms != 0 {
            return Err(Error::Invalid);
        }
        Trust::of_handle(&self.handle.queue)?;
        Ok(Trust::new(self.handle.id))
    }

    pub(crate) fn raw_nack(&mut self) -> Result<()> {
        // SAFETY: an open member, for us alone.
        check(unsafe { sys::nabd_consumer_nack(self.raw()) }).map(drop)
    }

    /// Let the whole group go on at another message: 0 for the oldest that is kept, `u64::MAX` for
    /// behind the newest, or any between. Where it goes on, which is the nearest that is kept, is
    /// returned. What other members hold stays theirs, and may so be delivered twice.
    pub fn seek(&mut self, sequence: u64) -> Result<u64> {
        let mut actual = 0;
        // SAFETY: an open member, for us alone; where to put a number.
        check(unsafe { sys::nabd_consumer_seek(self.raw(), sequence, &mut actual) })?;
        Ok(actual)
    }

    /// What this member has done, and what was lost.
    pub fn stats(&self) -> Result<MemberStats> {
        look::member_stats_of(self.raw())
    }

    /// Choose how it waits.
    pub fn set_wait(&mut self, wait: &Wait) -> Result<()> {
        // SAFETY: an open member, for us alone; valid options.
        check(unsafe { sys::nabd_consumer_set_wait(self.raw(), wait.as_c()) }).map(drop)
    }

    /// Ends its waits from another thread.
    pub fn waker(&self) -> Waker {
        Waker::of_member(Arc::downgrade(&self.handle))
    }

    /// Looks at the queue, from any thread, as long as the queue is open.
    pub fn observer(&self) -> Observer {
        Observer::watching(&self.handle.queue)
    }

    /// Leave the group, as dropping it does, and say how the last save of
    /// [`checkpoint_auto`](Member::checkpoint_auto) went.
    pub fn close(self) -> Result<()> {
        let pid = self.handle.queue.pid;
        let handle = Arc::clone(&self.handle);
        drop(self);
        // A waker may have it for a moment.
        alone(handle, pid).map_or(Ok(()), MemberHandle::close)
    }
}

impl Waitable for Member {}

impl sealed::Item for Member {
    fn raw_fd(&mut self) -> Result<RawFd> {
        // SAFETY: an open member, for us alone.
        check(unsafe { sys::nabd_consumer_fd(self.raw()) })
    }

    fn raw_arm(&mut self) -> Result<i32> {
        // SAFETY: an open member, for us alone.
        let answer = check(unsafe { sys::nabd_consumer_arm(self.raw()) });
        self.settled(0);
        answer
    }

    fn raw_identity(&self) -> u64 {
        self.handle.id
    }

    fn item(&mut self) -> Result<sys::nabd_wait_item> {
        let (q, consumer) = (ptr::null_mut(), self.raw());
        Ok(sys::nabd_wait_item { q, consumer, result: 0, reserved: 0 })
    }

    fn settle(&mut self) {
        self.settled(0);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Look, Options};
    use std::thread;
    use std::time::{Duration, Instant};

    /// Nobody begins to wake what is closed or dropped, and who has begun is waited for, also by
    /// who closes the queue.
    #[test]
    fn who_wakes_has_it_for_a_moment() {
        let name = format!("rust-moment-{}", std::process::id());
        let options = Options::new().create(true).slots(4).slot_size(64);
        let (tx, rx) = options.pair(&name).unwrap();
        crate::unlink(&name).unwrap();
        let (observer, member) = (tx.observer(), rx.join(1).unwrap());
        let (waker, wakes) = (member.waker(), member.handle.clone());
        let closes = thread::spawn(move || member.close());
        let begun = Instant::now();
        while waker.wake().is_ok() {
            assert!(!closes.is_finished() && begun.elapsed() < Duration::from_secs(60));
            thread::yield_now();
        }
        drop(wakes);
        assert_eq!(closes.join().unwrap(), Ok(()));

        let member = rx.join(1).unwrap();
        let wakes = member.handle.clone();
        drop((member, rx));
        let closes = thread::spawn(move || tx.close().map_err(|refused| refused.error));
        while observer.memory().is_ok() && !closes.is_finished() {
            thread::yield_now();
        }
        drop(wakes);
        assert_eq!(closes.join().unwrap(), Ok(()));
    }
}
