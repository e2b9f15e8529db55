// SPDX-License-Identifier: MIT
//! How old messages were when they were received, in a queue made with
//! [`timestamps`](crate::Options::timestamps).

use std::time::Duration;

use nabd_sys as sys;

use crate::error::{check, Result};
use crate::numbers::{ask, LatencySummary, SizedStruct};

/// A histogram of ages: see nabd_latency_get(3) for its buckets, and for what counts as age.
#[derive(Clone, Debug)]
pub struct Latency(sys::nabd_latency);

impl From<sys::nabd_latency> for Latency {
    fn from(raw: sys::nabd_latency) -> Latency {
        Latency(raw)
    }
}

impl Latency {
    /// Messages in the buckets.
    pub fn count(&self) -> u64 {
        self.0.count
    }

    /// Messages beside them, whose time was none or of the future.
    pub fn unmeasured(&self) -> u64 {
        self.0.unmeasured
    }

    /// The sum of the ages of those counted, modulo 2^64 nanoseconds.
    pub fn sum(&self) -> Duration {
        Duration::from_nanos(self.0.sum_ns)
    }

    /// The highest age.
    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.0.max_ns)
    }

    /// Messages of each age.
    pub fn buckets(&self) -> &[u64] {
        &self.0.bucket
    }

    /// What was received since `before`, which was told of the same readers.
    pub fn since(&self, before: &Latency) -> Result<Latency> {
        let mut since = SizedStruct::sized();
        // SAFETY: three structs whose sizes are set.
        check(unsafe { sys::nabd_latency_since(&before.0, &self.0, &mut since) })?;
        Ok(Latency(since))
    }

    /// Percentiles.
    pub fn summary(&self) -> Result<LatencySummary> {
        // SAFETY: two structs whose sizes are set.
        ask(|summary| unsafe { sys::nabd_latency_summary(&self.0, summary) })
    }
}
