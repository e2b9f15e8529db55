// SPDX-License-Identifier: MIT
//! Being told as a queue fills, and waiting between tries.

use std::any::Any;
use std::fmt;
use std::os::raw::c_void;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::ptr;
use std::time::Duration;

use nabd_sys as sys;

use crate::error::{check, Result};
use crate::look::Observer;
use crate::wait::nanos;

type Call = Box<dyn FnMut(&Observer) + Send>;

/// When to call whom as a queue fills. The fill is that of the slowest group, in percent of the
/// slots.
///
/// The callbacks run within the sending call that finds it so, before it does its work, in its
/// thread. They are given an [`Observer`] of the queue. If one panics, the sending call ends with
/// that panic, after its work: a message may have been sent then.
#[must_use]
pub struct Pressure {
    high: u32,
    low: u32,
    on_high: Option<Call>,
    on_low: Option<Call>,
    on_full: Option<Call>,
}

impl Pressure {
    /// Watermarks in percent, of which `low` is below `high`; 80 and 50 are usual.
    pub fn new(high: u32, low: u32) -> Pressure {
        Pressure { high, low, on_high: None, on_low: None, on_full: None }
    }

    /// Called once when the fill has come to `high`, and not again before it has come down to
    /// `low`.
    pub fn on_high(mut self, f: impl FnMut(&Observer) + Send + 'static) -> Pressure {
        self.on_high = Some(Box::new(f));
        self
    }

    /// Called once when the fill has come down to `low` again.
    pub fn on_low(mut self, f: impl FnMut(&Observer) + Send + 'static) -> Pressure {
        self.on_low = Some(Box::new(f));
        self
    }

    /// Called once each time that no slot is free.
    pub fn on_full(mut self, f: impl FnMut(&Observer) + Send + 'static) -> Pressure {
        self.on_full = Some(Box::new(f));
        self
    }
}

impl Default for Pressure {
    fn default() -> Pressure {
        Pressure::new(80, 50)
    }
}

impl fmt::Debug for Pressure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pressure")
            .field("high", &self.high)
            .field("low", &self.low)
            .finish_non_exhaustive()
    }
}

/// What the library's callbacks are given.
pub(crate) struct Watch {
    pressure: Pressure,
    observer: Observer,
    panic: Option<Box<dyn Any + Send>>,
}

impl Watch {
    pub(crate) fn new(pressure: Pressure, observer: Observer) -> Watch {
        Watch { pressure, observer, panic: None }
    }

    pub(crate) fn as_c(&self, arg: *mut Watch) -> sys::nabd_backpressure {
        let pressure = &self.pressure;
        sys::nabd_backpressure {
            size: std::mem::size_of::<sys::nabd_backpressure>() as u32,
            high: pressure.high,
            low: pressure.low,
            reserved: 0,
            on_high: pressure.on_high.as_ref().map(|_| on_high as unsafe extern "C" fn(_, _)),
            on_low: pressure.on_low.as_ref().map(|_| on_low as unsafe extern "C" fn(_, _)),
            on_full: pressure.on_full.as_ref().map(|_| on_full as unsafe extern "C" fn(_, _)),
            arg: arg.cast(),
        }
    }

    pub(crate) fn settle(&mut self) {
        if let Some(panic) = self.panic.take() {
            resume_unwind(panic);
        }
    }

    /// Nothing may unwind through C: what `f` panics with is kept, and let go on behind the call.
    fn call(&mut self, which: fn(&mut Pressure) -> &mut Option<Call>) {
        let observer = &self.observer;
        if let (Some(f), None) = (which(&mut self.pressure), &self.panic) {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| f(observer))) {
                self.panic = Some(panic);
            }
        }
    }
}

// SAFETY, for the three: `arg` is the Watch that was given with them, which is used within sending
// calls only, one at a time.
unsafe extern "C" fn on_high(_: *mut sys::nabd_t, arg: *mut c_void) {
    unsafe { &mut *arg.cast::<Watch>() }.call(|pressure| &mut pressure.on_high);
}

unsafe extern "C" fn on_low(_: *mut sys::nabd_t, arg: *mut c_void) {
    unsafe { &mut *arg.cast::<Watch>() }.call(|pressure| &mut pressure.on_low);
}

unsafe extern "C" fn on_full(_: *mut sys::nabd_t, arg: *mut c_void) {
    unsafe { &mut *arg.cast::<Watch>() }.call(|pressure| &mut pressure.on_full);
}

/// How long to wait between tries.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Backoff(sys::nabd_backoff_opts);

impl Backoff {
    /// 16 retries, from 1 us to 10 ms.
    pub fn new() -> Backoff {
        let size = std::mem::size_of::<sys::nabd_backoff_opts>() as u32;
        Backoff(sys::nabd_backoff_opts { size, retries: 16, base_ns: 1_000, cap_ns: 10_000_000 })
    }

    /// Tries after the first; `u32::MAX`: no limit.
    pub fn retries(mut self, retries: u32) -> Backoff {
        self.0.retries = retries;
        self
    }

    /// The first delay, and the longest.
    pub fn delays(mut self, first: Duration, longest: Duration) -> Backoff {
        self.0.base_ns = nanos(first);
        self.0.cap_ns = nanos(longest);
        self
    }

    pub(crate) fn as_c(&self) -> &sys::nabd_backoff_opts {
        &self.0
    }

    /// Begin a loop of tries of one's own.
    ///
    /// ```
    /// # use nabd::{prelude::*, Backoff, Error, Options};
    /// # fn main() -> nabd::Result<()> {
    /// # let name = &format!("rust-doc-backoff-{}", std::process::id());
    /// # let (mut tx, mut rx) = Options::new().create(true).pair(name)?;
    /// # nabd::unlink(name)?;
    /// let mut tries = Backoff::new().begin()?;
    /// while tx.push(b"hello") == Err(Error::Full) {
    ///     tries.wait()?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn begin(&self) -> Result<Tries> {
        let mut tries =
            sys::nabd_backoff { tried: 0, retries: 0, delay_ns: 0, cap_ns: 0, chance: 0 };
        // SAFETY: where to put the state, and valid options.
        check(unsafe { sys::nabd_backoff_begin(&mut tries, &self.0) })?;
        Ok(Tries(tries))
    }
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff::new()
    }
}

/// A loop of tries that has begun.
#[derive(Clone, Debug)]
pub struct Tries(sys::nabd_backoff);

impl Tries {
    /// Wait before the next try. [`Timeout`](crate::Error::Timeout): that was the last.
    pub fn wait(&mut self) -> Result<()> {
        // SAFETY: a state of its own.
        check(unsafe { sys::nabd_backoff_wait(ptr::addr_of_mut!(self.0)) }).map(drop)
    }

    /// Retries so far.
    pub fn tried(&self) -> u32 {
        self.0.tried
    }
}
