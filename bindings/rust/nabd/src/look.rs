// SPDX-License-Identifier: MIT
//! Looking at a queue without disturbing it.

use std::sync::{Arc, Weak};

use nabd_sys as sys;

use crate::consumer::Consumer;
use crate::error::{check, Error, Result};
use crate::handle::{End, Handle};
use crate::latency::Latency;
use crate::memory::Memory;
use crate::numbers::{
    ask, GroupInfo, GroupMetrics, MemberInfo, MemberMetrics, MemberStats, Metrics, Stats,
};
use crate::options::Options;
use crate::producer::Producer;

/// Form of [`Look::metrics_text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A field a line, for people.
    Text,
    /// One object, with the fields of the structs.
    Json,
    /// Prometheus' text format 0.0.4.
    Prometheus,
}

/// Looking at a queue: what everything that is open can do, in any thread that has it. Each number
/// is whole, but they are not of one instant.
pub trait Look: sealed::Open {
    /// Sizes, positions, counters and roles.
    fn stats(&self) -> Result<Stats> {
        self.with(stats_of)
    }

    /// What [`prefault`](Options::prefault), [`mlock`](Options::mlock) and
    /// [`huge_pages`](Options::huge_pages) have come to. Reads a file of `/proc`, which takes longer
    /// the more mappings the process has.
    fn memory(&self) -> Result<Memory> {
        // SAFETY: as for metrics().
        self.with(|q| ask(|memory| unsafe { sys::nabd_memory_get(q, memory) }))
    }

    /// Fill, counters and roles.
    fn metrics(&self) -> Result<Metrics> {
        // SAFETY: an open handle; the call excludes nothing but closing.
        self.with(|q| ask(|metrics| unsafe { sys::nabd_metrics_get(q, metrics) }))
    }

    /// A group, 0 to 16, as it is now; [`Error::NotFound`]: there is none.
    fn group(&self, group: u32) -> Result<GroupInfo> {
        self.with(|q| group_of(q, group))
    }

    /// All groups that there are, the default one among them.
    fn groups(&self) -> Result<Vec<GroupInfo>> {
        (0..=sys::NABD_MAX_GROUPS).filter_map(|group| found(self.group(group))).collect()
    }

    /// A member, 0 to 15, of a group, 1 to 16, as it is now.
    fn member(&self, group: u32, member: u32) -> Result<MemberInfo> {
        // SAFETY: as for metrics().
        self.with(|q| ask(|info| unsafe { sys::nabd_member_look(q, group, member, info) }))
    }

    /// All members of a group.
    fn members(&self, group: u32) -> Result<Vec<MemberInfo>> {
        (0..sys::NABD_MAX_MEMBERS).filter_map(|member| found(self.member(group, member))).collect()
    }

    /// Lag, counters and members of a group, 0 to 16, also of one that has ended.
    fn group_metrics(&self, group: u32) -> Result<GroupMetrics> {
        // SAFETY: as for metrics().
        self.with(|q| ask(|metrics| unsafe { sys::nabd_group_metrics_get(q, group, metrics) }))
    }

    /// What a member, 0 to 15, of a group holds and has done.
    fn member_metrics(&self, group: u32, member: u32) -> Result<MemberMetrics> {
        self.with(|q| {
            // SAFETY: as for metrics().
            ask(|metrics| unsafe { sys::nabd_member_metrics_get(q, group, member, metrics) })
        })
    }

    /// How old messages were when they were received: by a group, 0 to 16, and a member of it, 0 to
    /// 15; `None`: by all. Of the default group only all are told. [`Error::NotFound`]: the queue
    /// was made without [`timestamps`](Options::timestamps).
    fn latency(&self, group: Option<u32>, member: Option<u32>) -> Result<Latency> {
        let group = group.unwrap_or(sys::NABD_LATENCY_ALL);
        let member = member.unwrap_or(sys::NABD_LATENCY_ALL);
        self.with(|q| {
            // SAFETY: as for metrics().
            ask(|latency| unsafe { sys::nabd_latency_get(q, group, member, latency) })
        })
    }

    /// All metrics of the queue, its groups and their members, as text.
    fn metrics_text(&self, format: Format) -> Result<String> {
        let format = match format {
            Format::Text => sys::NABD_METRICS_TEXT,
            Format::Json => sys::NABD_METRICS_JSON,
            Format::Prometheus => sys::NABD_METRICS_PROMETHEUS,
        };
        self.with(|q| {
            let (answer, text) = text_of(|buf, size, len| {
                // SAFETY: as for metrics(); so much room.
                unsafe { sys::nabd_metrics_format(q, format, buf, size, len) }
            });
            answer.map(|()| text)
        })
    }

    /// Sequence of the oldest message that some group still holds; without a group, of the oldest
    /// that the queue keeps.
    fn min_tail(&self) -> Result<u64> {
        let mut sequence = 0;
        // SAFETY: as for metrics().
        self.with(|q| check(unsafe { sys::nabd_min_tail(q, &mut sequence) }))?;
        Ok(sequence)
    }

    /// Whether nothing is waiting: for the default group, if it was opened to receive; for all
    /// groups together otherwise.
    fn is_empty(&self) -> Result<bool> {
        // SAFETY: as for metrics().
        self.with(|q| check(unsafe { sys::nabd_empty(q) })).map(|answer| answer != 0)
    }

    /// Whether no slot is free.
    fn is_full(&self) -> Result<bool> {
        // SAFETY: as for metrics().
        self.with(|q| check(unsafe { sys::nabd_full(q) })).map(|answer| answer != 0)
    }

    /// Slots in use by the slowest group, in percent, rounded down; 100 only when none is free.
    fn fill_level(&self) -> Result<u32> {
        // SAFETY: as for metrics().
        self.with(|q| check(unsafe { sys::nabd_fill_level(q) })).map(|level| level as u32)
    }
}

fn found<T>(answer: Result<T>) -> Option<Result<T>> {
    match answer {
        Err(Error::NotFound) => None,
        answer => Some(answer),
    }
}

pub(crate) fn stats_of(q: *mut sys::nabd_t) -> Result<Stats> {
    // SAFETY: our callers have an open handle; the call excludes nothing but closing.
    ask(|stats| unsafe { sys::nabd_stats(q, stats) })
}

pub(crate) fn group_of(q: *mut sys::nabd_t, group: u32) -> Result<GroupInfo> {
    // SAFETY: as for stats_of().
    ask(|info| unsafe { sys::nabd_group_look(q, group, info) })
}

pub(crate) fn member_stats_of(c: *mut sys::nabd_consumer_t) -> Result<MemberStats> {
    // SAFETY: our caller has the member, which no other thread does.
    ask(|stats| unsafe { sys::nabd_consumer_stats(c, stats) })
}

/// The text that `call` writes, with room for all of it, and what it answered.
pub(crate) fn text_of(
    mut call: impl FnMut(*mut std::os::raw::c_char, usize, &mut usize) -> i32,
) -> (Result<()>, String) {
    let mut size = 4096;
    loop {
        let mut buf = vec![0u8; size];
        let mut len = 0;
        let answer = check(call(buf.as_mut_ptr().cast(), size, &mut len)).map(drop);
        // After other errors the text may have been cut off too.
        if len < size && !matches!(answer, Err(Error::Buffer { .. })) {
            buf.truncate(len);
            return (answer, lossy(buf));
        }
        // Numbers grow: some more than was needed.
        size = len.max(size) + 1024;
    }
}

/// The library's texts are ASCII, but for what they quote.
pub(crate) fn lossy(text: Vec<u8>) -> String {
    String::from_utf8(text).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// Only looks at a queue. Any number of threads may share it.
///
/// One that was opened keeps the queue open. One that was got from a producer, consumer or member
/// does not; it answers [`Error::Invalid`] once that is dropped.
#[derive(Clone, Debug)]
pub struct Observer {
    own: Option<End>,
    handle: Weak<Handle>,
}

impl Observer {
    /// Open a queue that exists, through a read-only mapping. With wishes: [`Options`].
    pub fn open(name: &str) -> Result<Observer> {
        Options::new().observer(name)
    }

    pub(crate) fn owning(handle: End) -> Observer {
        Observer { handle: Arc::downgrade(&handle), own: Some(handle) }
    }

    pub(crate) fn watching(handle: &Arc<Handle>) -> Observer {
        Observer { handle: Arc::downgrade(handle), own: None }
    }

    /// Close it, and say how that went; dropping it does too. While clones are left, nothing is
    /// closed.
    pub fn close(self) -> Result<()> {
        self.own.map_or(Ok(()), End::close).map_err(|(error, _)| error)
    }
}

pub(crate) mod sealed {
    use super::*;

    pub trait Open {
        fn with<T>(&self, f: impl FnOnce(*mut sys::nabd_t) -> Result<T>) -> Result<T>;
    }

    impl Open for Observer {
        fn with<T>(&self, f: impl FnOnce(*mut sys::nabd_t) -> Result<T>) -> Result<T> {
            match &self.own {
                Some(handle) => f(handle.raw()),
                None => f(Handle::borrow(&self.handle)?.raw()),
            }
        }
    }

    impl Open for Producer {
        fn with<T>(&self, f: impl FnOnce(*mut sys::nabd_t) -> Result<T>) -> Result<T> {
            f(self.handle.raw())
        }
    }

    impl Open for Consumer {
        fn with<T>(&self, f: impl FnOnce(*mut sys::nabd_t) -> Result<T>) -> Result<T> {
            f(self.handle.raw())
        }
    }
}

impl Look for Observer {}
impl Look for Producer {}
impl Look for Consumer {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_grows_as_needed() {
        let mut calls = 0;
        let (answer, text) = text_of(|buf, size, len| {
            calls += 1;
            *len = 5000;
            let n = (size - 1).min(5000);
            // SAFETY: n bytes are within the size.
            unsafe { std::ptr::write_bytes(buf.cast::<u8>(), b'x', n) };
            if size <= 5000 {
                sys::NABD_BUFFER
            } else {
                sys::NABD_CORRUPT
            }
        });
        assert_eq!((answer, text.len(), calls), (Err(Error::Corrupt), 5000, 2));
    }
}
