// SPDX-License-Identifier: MIT
//! An open handle of the library, shared by what was opened together and by what was joined
//! through it. It is closed when the last of them is dropped.

use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::process;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread;

use nabd_sys as sys;

use crate::error::{error_of, Error};

/// Tells queues apart for [`Trust`](crate::Trust), also when an address is used again.
pub(crate) fn new_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// In a type that one thread at a time may use: `Send`, but not `Sync`.
pub(crate) type OneThread = PhantomData<Cell<()>>;

#[derive(Debug)]
pub(crate) struct Handle {
    raw: NonNull<sys::nabd_t>,
    pub(crate) id: u64,
    pub(crate) flags: u32,
    /// How many it has: there is no use in room for more.
    pub(crate) slots: usize,
    /// Ends that are neither closed nor dropped. Who has it for a moment, to look or to wake, or
    /// joined through it, is none.
    ends: AtomicUsize,
    /// Who has opened it.
    pub(crate) pid: u32,
    /// Members that were joined through it, or send their dead letters to it, and are neither
    /// closed nor dropped.
    pub(crate) members: AtomicUsize,
}

// SAFETY: the library allows a handle to be used from any thread. Which calls may not overlap is
// seen to by who makes them: those of a side take `&mut` of the one Producer or Consumer.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

impl Handle {
    /// # Safety
    /// `raw` is an open handle that is closed by nobody else.
    pub(crate) unsafe fn new(raw: NonNull<sys::nabd_t>, flags: u32) -> Handle {
        Handle {
            raw,
            id: new_id(),
            flags,
            slots: 0,
            ends: AtomicUsize::new(0),
            pid: process::id(),
            members: AtomicUsize::new(0),
        }
    }

    #[inline]
    pub(crate) fn raw(&self) -> *mut sys::nabd_t {
        self.raw.as_ptr()
    }

    /// To have it for a moment. Who closes the last end waits for those who do, so that nobody
    /// begins then.
    pub(crate) fn borrow(weak: &Weak<Handle>) -> Result<Arc<Handle>, Error> {
        let handle = weak.upgrade().ok_or(Error::Invalid)?;
        let holders = handle.ends.load(Ordering::Relaxed) + handle.members.load(Ordering::Relaxed);
        if holders == 0 {
            return Err(Error::Invalid);
        }
        Ok(handle)
    }

    /// Whether it was opened to send and to receive.
    pub(crate) fn is_pair(&self) -> bool {
        let both = sys::NABD_PRODUCER | sys::NABD_CONSUMER;
        self.flags & both == both
    }

    /// Close it; after an error it is open still.
    pub(crate) fn close(self) -> Result<(), (Error, Handle)> {
        // SAFETY: it is open, and nobody else has it.
        let rc = unsafe { sys::nabd_close(self.raw()) };
        if rc < 0 {
            return Err((error_of(rc), self));
        }
        std::mem::forget(self);
        Ok(())
    }
}

/// One of the ends of a handle: a producer, a consumer, or what has opened a queue to look at it.
#[derive(Debug)]
pub(crate) struct End(Arc<Handle>);

impl End {
    pub(crate) fn new(handle: Handle) -> End {
        End::of(Arc::new(handle))
    }

    fn of(handle: Arc<Handle>) -> End {
        // More of one that exists: nothing depends on when.
        handle.ends.fetch_add(1, Ordering::Relaxed);
        End(handle)
    }

    /// Close it if it is the last, and say how that went; otherwise it is only given back. Of ends
    /// that are closed at once one is the last. After an error it is open still:
    /// [`State`](Error::State) if members are left, which the other end may have joined meanwhile.
    pub(crate) fn close(self) -> Result<(), (Error, End)> {
        let end = ManuallyDrop::new(self);
        // SAFETY: the other copy is neither used nor dropped any more.
        let handle = unsafe { ptr::read(&end.0) };
        // What other ends have done comes before the close of the last.
        if handle.ends.fetch_sub(1, Ordering::AcqRel) != 1 {
            return Ok(());
        }
        // More can't come, as no end is left. Who has them may be the caller: no waiting for them.
        if handle.members.load(Ordering::Acquire) != 0 {
            return Err((Error::State, End::of(handle)));
        }
        let pid = handle.pid;
        match alone(handle, pid) {
            Some(handle) => handle.close().map_err(|(error, handle)| (error, End::new(handle))),
            None => Ok(()),
        }
    }
}

impl Clone for End {
    fn clone(&self) -> End {
        End::of(self.0.clone())
    }
}

impl Deref for End {
    type Target = Arc<Handle>;

    #[inline]
    fn deref(&self) -> &Arc<Handle> {
        &self.0
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.0.ends.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What is shared with none but those who have it for a moment, such as a waker: they are waited
/// for. `None` in a forked child of `pid`: those threads are not here, and never give it back.
pub(crate) fn alone<T>(mut shared: Arc<T>, pid: u32) -> Option<T> {
    loop {
        match Arc::try_unwrap(shared) {
            Ok(alone) => return Some(alone),
            Err(_) if pid != process::id() => return None,
            Err(still) => shared = still,
        }
        thread::yield_now();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: nobody else has it, so that no call overlaps. There is nobody to tell an error
        // to.
        unsafe { sys::nabd_close(self.raw()) };
    }
}
