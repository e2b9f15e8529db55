// SPDX-License-Identifier: MIT
//! How to join a group, and what becomes of messages that are delivered too often.

use std::any::Any;
use std::fmt;
use std::os::raw::{c_int, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;
use std::time::Duration;

use nabd_sys as sys;

use crate::error::{Error, Result};
use crate::producer::Producer;

/// What becomes of a dead letter: a message that was delivered too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken care of and may be released.
    Taken,
    /// It shall be delivered once more.
    Again,
}

/// A copy of a message that was delivered too often.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetter<'a> {
    /// What it says.
    pub message: &'a [u8],
    /// Its number in the queue.
    pub sequence: u64,
    /// How often it was delivered.
    pub deliveries: u32,
    /// Whether it was redelivered.
    pub is_redelivered: bool,
}

type Bury = Box<dyn FnMut(DeadLetter<'_>) -> Verdict + Send>;

/// How to join a group. All that is said of a new group is ignored where the group exists.
#[derive(Default)]
#[must_use]
pub struct Join {
    flags: u32,
    max_deliveries: u32,
    max_stall_ms: u32,
    max_lag: u64,
    sequence: u64,
    bury: Option<Bury>,
    letters: Option<Producer>,
}

impl Join {
    /// As [`join`](crate::Consumer::join) does it: the first group of a queue begins at the oldest
    /// message that is kept, any other behind the newest.
    pub fn new() -> Join {
        Join::default()
    }

    /// A new group begins at the oldest message that is kept. Of this, [`newest`](Join::newest) and
    /// [`at`](Join::at) only one may be asked for.
    pub fn oldest(mut self) -> Join {
        self.flags |= sys::NABD_JOIN_OLDEST;
        self
    }

    /// A new group begins behind the newest message.
    pub fn newest(mut self) -> Join {
        self.flags |= sys::NABD_JOIN_NEWEST;
        self
    }

    /// A new group begins at this message, if it is kept.
    pub fn at(mut self, sequence: u64) -> Join {
        self.flags |= sys::NABD_JOIN_SEQUENCE;
        self.sequence = sequence;
        self
    }

    /// A new group vanishes with its last live member.
    pub fn ephemeral(mut self) -> Join {
        self.flags |= sys::NABD_GROUP_EPHEMERAL;
        self
    }

    /// Of a new group: a message that was delivered more often is a dead letter. 0: never.
    pub fn max_deliveries(mut self, times: u32) -> Join {
        self.max_deliveries = times;
        self
    }

    /// Of a new group: so many messages behind, it is evicted. 0: never.
    pub fn max_lag(mut self, messages: u64) -> Join {
        self.max_lag = messages;
        self
    }

    /// Of a new group: how long it may hold a full producer before it is evicted, in whole
    /// milliseconds; zero: for any time.
    pub fn max_stall(mut self, time: Duration) -> Join {
        self.max_stall_ms = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        self
    }

    /// Call `f` with a copy of each dead letter, within a receiving call of this member. If it
    /// panics, the letter is delivered once more, and the receiving call ends with that panic; one
    /// that has received a copy returns that first, and the next call panics.
    ///
    /// Several members that share one queue for dead letters give each a closure that locks its
    /// producer.
    pub fn dead_letter(
        mut self,
        f: impl FnMut(DeadLetter<'_>) -> Verdict + Send + 'static,
    ) -> Join {
        self.bury = Some(Box::new(f));
        self
    }

    /// Send dead letters to this queue instead; where it is full, the message is delivered once
    /// more.
    pub fn dead_letters(mut self, tx: Producer) -> Join {
        self.letters = Some(tx);
        self
    }
}

impl Join {
    /// As C wants it; and what it points to, to be kept as long as the member is open.
    pub(crate) fn into_c(self) -> Result<(sys::nabd_join_opts, Hired, Option<Producer>)> {
        if self.bury.is_some() && self.letters.is_some() {
            return Err(Error::Invalid);
        }
        let undertaker = self.bury.map_or(ptr::null_mut(), |bury| {
            Box::into_raw(Box::new(Undertaker { bury, panic: None }))
        });
        let hired = Hired(undertaker);
        let opts = sys::nabd_join_opts {
            size: std::mem::size_of::<sys::nabd_join_opts>() as u32,
            flags: self.flags,
            max_deliveries: self.max_deliveries,
            max_stall_ms: self.max_stall_ms,
            max_lag: self.max_lag,
            sequence: self.sequence,
            dead_letter: if undertaker.is_null() { None } else { Some(bury) },
            dead_letter_arg: undertaker.cast(),
            dead_letters: self.letters.as_ref().map_or(ptr::null_mut(), Producer::raw),
        };
        Ok((opts, hired, self.letters))
    }
}

impl fmt::Debug for Join {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join").field("flags", &self.flags).finish_non_exhaustive()
    }
}

/// What the library's callback is given.
pub(crate) struct Undertaker {
    bury: Bury,
    pub(crate) panic: Option<Box<dyn Any + Send>>,
}

/// Nothing may unwind through C: what `f` panics with is kept, and let go on behind the call.
unsafe extern "C" fn bury(raw: *const sys::nabd_msg, arg: *mut c_void) -> c_int {
    // SAFETY: `arg` is what was given with this function; within receiving calls only it is used.
    let undertaker = unsafe { &mut *arg.cast::<Undertaker>() };
    // SAFETY: a message for the time of the call.
    let raw = unsafe { &*raw };
    if undertaker.panic.is_some() {
        return 1;
    }
    let message = if raw.len == 0 {
        &[][..]
    } else {
        // SAFETY: a private copy, not in shared memory.
        unsafe { std::slice::from_raw_parts(raw.data.cast::<u8>(), raw.len as usize) }
    };
    let letter = DeadLetter {
        message,
        sequence: raw.sequence,
        deliveries: raw.deliveries,
        is_redelivered: raw.flags & sys::NABD_MSG_REDELIVERED != 0,
    };
    match catch_unwind(AssertUnwindSafe(|| (undertaker.bury)(letter))) {
        Ok(Verdict::Taken) => 0,
        Ok(Verdict::Again) => 1,
        Err(panic) => {
            undertaker.panic = Some(panic);
            1
        }
    }
}

/// NULL if there is none. It is a pointer, not a Box, as the library holds it too.
#[derive(Debug)]
pub(crate) struct Hired(pub(crate) *mut Undertaker);

impl Drop for Hired {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: it came from a Box, and the library has it no longer.
            drop(unsafe { Box::from_raw(self.0) });
        }
    }
}
