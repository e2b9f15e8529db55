// SPDX-License-Identifier: MIT
//! An open handle of the library, shared by what was opened together and by what was joined
//! through it. It is closed when the last of them is dropped.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;
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
    /// Members that were joined through it, or send their dead letters to it, and are not closed.
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
        Handle { raw, id: new_id(), flags, slots: 0, members: AtomicUsize::new(0) }
    }

    #[inline]
    pub(crate) fn raw(&self) -> *mut sys::nabd_t {
        self.raw.as_ptr()
    }

    /// Whether it was opened to send and to receive.
    pub(crate) fn is_pair(&self) -> bool {
        let both = sys::NABD_PRODUCER | sys::NABD_CONSUMER;
        self.flags & both == both
    }

    /// Close what an end has, if no other end has it too: then nothing is done. Wakers and observers
    /// may have it for a moment, and are waited for where only they can.
    pub(crate) fn close_end(mut end: Arc<Handle>) -> Result<(), (Error, Handle)> {
        loop {
            match Arc::try_unwrap(end) {
                Ok(alone) => return alone.close(),
                Err(shared) if shared.is_pair() => return Ok(()),
                Err(shared) => end = shared,
            }
            thread::yield_now();
        }
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

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: nobody else has it, so that no call overlaps. There is nobody to tell an error
        // to.
        unsafe { sys::nabd_close(self.raw()) };
    }
}
