// SPDX-License-Identifier: MIT
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![warn(unsafe_op_in_unsafe_fn)]

mod batch;
mod bytes;
mod checkpoint;
mod consumer;
mod diagnose;
mod error;
mod handle;
mod join;
mod latency;
mod look;
mod member;
mod memory;
mod message;
mod numbers;
mod options;
mod pressure;
mod producer;
mod receive;
mod reservation;
mod source;
mod trust;
mod wait;

pub use batch::{Batch, Messages};
pub use checkpoint::{AutoStatus, Continuity, Resume, Resumed};
pub use consumer::{Consumer, Lost};
pub use diagnose::{diagnose, recover, Recover, Report};
pub use error::{Error, Partly, Refused, Result};
pub use join::{DeadLetter, Join, Verdict};
pub use latency::Latency;
pub use look::{Format, Look, Observer};
pub use member::Member;
pub use memory::Memory;
pub use message::{Message, MessageBatch, Reader, View};
pub use numbers::{
    Checkpoint, GroupInfo, GroupMetrics, LatencySummary, MemberInfo, MemberMetrics, MemberStats,
    Metrics, Rates, Stats,
};
pub use options::{list, unlink, Options};
pub use pressure::{Backoff, Pressure, Tries};
pub use producer::Producer;
pub use receive::{Iter, Receive};
pub use reservation::{Reservation, Reservations, Slot};
pub use trust::Trust;
pub use wait::{wait_any, wait_any_of, Ready, Timeout, Wait, Waitable, Waker, FOREVER};

#[doc(no_inline)]
pub use nabd_sys::{
    NABD_GROUP_STATE_ALIVE as GROUP_STATE_ALIVE,
    NABD_GROUP_STATE_EPHEMERAL as GROUP_STATE_EPHEMERAL,
    NABD_GROUP_STATE_HOLDS as GROUP_STATE_HOLDS, NABD_STATE_CONSUMER as STATE_CONSUMER,
    NABD_STATE_FULL as STATE_FULL, NABD_STATE_GROUP0 as STATE_GROUP0,
    NABD_STATE_OVERWRITE as STATE_OVERWRITE, NABD_STATE_PRESSURED as STATE_PRESSURED,
    NABD_STATE_PRODUCER as STATE_PRODUCER, NABD_STATE_TIMESTAMPS as STATE_TIMESTAMPS,
    NABD_STATE_UNLINKED as STATE_UNLINKED,
};

/// The traits: `use nabd::prelude::*`.
pub mod prelude {
    pub use crate::{Look, Receive, Waitable};
}

/// The version of the library that is running, as "0.9.0".
pub fn version() -> &'static str {
    // SAFETY: a static string.
    let version = unsafe { std::ffi::CStr::from_ptr(nabd_sys::nabd_version()) };
    version.to_str().unwrap_or_default()
}

/// The version of the library that this crate was made for.
pub fn version_made_for() -> &'static str {
    std::str::from_utf8(&nabd_sys::NABD_VERSION_STRING[..nabd_sys::NABD_VERSION_STRING.len() - 1])
        .unwrap_or_default()
}
