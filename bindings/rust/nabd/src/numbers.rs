// SPDX-License-Identifier: MIT
//! The library's structs of numbers, as they are but for their `size` and `reserved`.

use std::os::raw::c_int;

use nabd_sys as sys;

use crate::error::{check, Result};

macro_rules! numbers {
    ($(#[$doc:meta])* $name:ident = $raw:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl From<sys::$raw> for $name {
            fn from(raw: sys::$raw) -> $name {
                $name { $($field: raw.$field,)* }
            }
        }
    };
}
pub(crate) use numbers;

numbers! {
    /// A queue's sizes, positions, counters and roles. Counters belong to the queue, and survive
    /// their writers.
    #[derive(Eq)]
    Stats = nabd_stats {
        /// Bits `STATE_…` of this crate.
        state: u32,
        /// Number of slots.
        slots: u32,
        /// Longest message, in bytes.
        slot_size: u32,
        /// Bytes from one slot to the next.
        stride: u32,
        /// Alignment of payloads, in bytes.
        align: u32,
        /// Sequence of the next message to be sent, which is how many were sent.
        head: u64,
        /// Sequence of the oldest message that a group still holds.
        tail: u64,
        /// Sequence of the default group's next message.
        position: u64,
        /// Payload bytes sent.
        bytes: u64,
        /// Times that the queue became full for the producer, not tries.
        full_count: u64,
        /// How many producers the queue has had.
        producer_epoch: u64,
        /// When it was made: nanoseconds since 1970.
        created_ns: u64,
        /// Random, different for each queue ever made.
        incarnation: [u8; 16],
    }
}

numbers! {
    /// What a member has done since it joined, and what was lost.
    #[derive(Eq)]
    MemberStats = nabd_consumer_stats {
        /// Id of its group.
        group: u32,
        /// 0, or the code of `Dropped` or `Evicted` once it knows.
        state: i32,
        /// The group's position when it joined: a sequence.
        joined: u64,
        /// Messages that it was the first to be given.
        claimed: u64,
        /// Messages that it took over from others.
        redelivered: u64,
        /// Messages that it holds, or held when the group ended.
        held: u64,
        /// Messages that it gave back.
        nacked: u64,
        /// Messages that were given up.
        dead_letters: u64,
        /// Messages that nobody was given: overwritten, or of an evicted group.
        lost: u64,
        /// How many of them the last `Lapped` or `Evicted` was about.
        gap: u64,
    }
}

numbers! {
    /// A group, as it is now.
    #[derive(Eq)]
    GroupInfo = nabd_group_info {
        /// Its id; 0: the default group.
        group: u32,
        /// Bits `GROUP_STATE_…` of this crate.
        state: u32,
        /// Live members, or readers.
        members: u32,
        /// Members, dead or alive, that hold messages.
        holding: u32,
        /// As it was made with.
        max_deliveries: u32,
        /// As it was made with, milliseconds.
        max_stall_ms: u32,
        /// As it was made with, messages.
        max_lag: u64,
        /// Sequence of the next message to be given to a member.
        position: u64,
        /// Sequence of the oldest message that is not released.
        low: u64,
        /// Messages from `low` to the newest.
        lag: u64,
        /// How often a group of this id was made.
        made: u64,
    }
}

numbers! {
    /// A member of a group, as it is now.
    #[derive(Eq)]
    MemberInfo = nabd_member_info {
        /// Id of the group.
        group: u32,
        /// 0 to 15.
        member: u32,
        /// 1: it lives; 0: it is dead, and what it holds waits for another.
        alive: u32,
        /// Sequence of the first message that it holds; 0 if it holds none.
        first: u64,
        /// Messages that it holds.
        held: u64,
        /// How often the first was delivered before this member came.
        deliveries: u32,
    }
}

numbers! {
    /// A queue's fill, counters and roles. Times are of `CLOCK_MONOTONIC` in nanoseconds, exact to
    /// some 10 ms; 0: never.
    #[derive(Eq)]
    Metrics = nabd_metrics {
        /// Bits `STATE_…` of this crate.
        state: u32,
        /// Number of slots.
        slots: u32,
        /// Slots in use by the slowest group.
        fill: u32,
        /// The same in percent.
        fill_percent: u32,
        /// Highest fill that the producer has seen; exact if it was full.
        high_fill: u32,
        /// Messages sent.
        head: u64,
        /// Sequence of the oldest message that a group still holds.
        tail: u64,
        /// Payload bytes sent.
        bytes: u64,
        /// Times that the queue became full for the producer, not tries.
        full_count: u64,
        /// Sleepers of all groups woken, and their descriptors told.
        reader_wakes: u64,
        /// Times that the producer was woken, or its descriptor told.
        producer_wakes: u64,
        /// Groups evicted, or gone with their members.
        evictions: u64,
        /// Messages lost by all groups.
        lost: u64,
        /// How many producers the queue has had.
        producer_epoch: u64,
        /// When the producer last looked for free slots and found some.
        progress_ns: u64,
        /// When this was looked up.
        now_ns: u64,
        /// When it was made: nanoseconds since 1970.
        created_ns: u64,
    }
}

impl Metrics {
    /// What happened since `before`, a second. [`Invalid`](crate::Error::Invalid): that is not
    /// earlier, or of another queue.
    pub fn since(&self, before: &Metrics) -> Result<Rates> {
        let mut rates = SizedStruct::sized();
        // SAFETY: three structs whose sizes are set.
        check(unsafe { sys::nabd_metrics_rates(&before.to_c(), &self.to_c(), &mut rates) })?;
        Ok(rates.into())
    }

    fn to_c(self) -> sys::nabd_metrics {
        sys::nabd_metrics {
            state: self.state,
            slots: self.slots,
            fill: self.fill,
            fill_percent: self.fill_percent,
            high_fill: self.high_fill,
            head: self.head,
            tail: self.tail,
            bytes: self.bytes,
            full_count: self.full_count,
            reader_wakes: self.reader_wakes,
            producer_wakes: self.producer_wakes,
            evictions: self.evictions,
            lost: self.lost,
            producer_epoch: self.producer_epoch,
            progress_ns: self.progress_ns,
            now_ns: self.now_ns,
            created_ns: self.created_ns,
            ..SizedStruct::sized()
        }
    }
}

numbers! {
    /// What happened between two looks at a queue, a second.
    Rates = nabd_rates {
        /// Between the two looks.
        seconds: f64,
        /// Messages sent.
        messages: f64,
        /// Payload bytes sent.
        bytes: f64,
        /// Messages that the slowest group let go.
        released: f64,
        /// Times that the queue became full.
        full: f64,
        /// Sleepers woken.
        reader_wakes: f64,
        /// Times that the producer was woken.
        producer_wakes: f64,
        /// Messages lost.
        lost: f64,
    }
}

numbers! {
    /// A group's lag, counters and members. Counters go on when a group of its id is made anew.
    #[derive(Eq)]
    GroupMetrics = nabd_group_metrics {
        /// Its id; 0: the default group.
        group: u32,
        /// Bits `GROUP_STATE_…` of this crate.
        state: u32,
        /// 0: nobody, and nothing waits for it; 1: a live member, or reader; 2: nobody alive,
        /// though messages wait for it or are held.
        owner: u32,
        /// Live members, or readers.
        members: u32,
        /// Members, dead or alive, that hold messages.
        holding: u32,
        /// 0: it is there; the code of `Dropped` or `Evicted`: it was.
        ended: i32,
        /// How often a group of this id was made.
        made: u64,
        /// Sequence of the next message to be given out, also at its end.
        position: u64,
        /// Sequence of the oldest message that is not released.
        low: u64,
        /// Messages from `low` to the newest; 0 if it has ended.
        lag: u64,
        /// Longest lag that the producer has seen.
        high_lag: u64,
        /// Sleepers woken, and descriptors told.
        wakes: u64,
        /// Messages that members took.
        claimed: u64,
        /// Messages taken over from a member that had died or given back.
        redelivered: u64,
        /// Messages given back by `nack`.
        nacked: u64,
        /// Messages that were delivered too often, and taken elsewhere.
        dead_letters: u64,
        /// Messages overwritten before they were read, or let go as the group ended.
        lost: u64,
        /// How often it was evicted, or vanished with its members.
        evictions: u64,
        /// When it was last seen to go on.
        progress_ns: u64,
    }
}

numbers! {
    /// What the members at one place of a group have done, one after the other.
    #[derive(Eq)]
    MemberMetrics = nabd_member_metrics {
        /// Id of the group.
        group: u32,
        /// 0 to 15.
        member: u32,
        /// 1: it lives; 0: it is dead or has left.
        alive: u32,
        /// Messages that it holds.
        held: u64,
        /// Sequence of the first of them; 0 if it holds none.
        first: u64,
        /// Messages that it took.
        claimed: u64,
        /// Messages that it took over.
        redelivered: u64,
        /// Messages that it gave back.
        nacked: u64,
        /// Messages that were delivered too often, and taken elsewhere.
        dead_letters: u64,
        /// When it last claimed.
        progress_ns: u64,
    }
}

numbers! {
    /// What a checkpoint says.
    #[derive(Eq)]
    Checkpoint = nabd_checkpoint {
        /// Id of the group, 1 to 16.
        group: u32,
        /// Of the queue, as [`Stats`] tells it.
        incarnation: [u8; 16],
        /// The oldest message that was not released then.
        sequence: u64,
        /// Sequence of the next message to be sent then.
        head: u64,
        /// When: nanoseconds since 1970.
        saved_ns: u64,
        /// How often this checkpoint was saved.
        saves: u64,
    }
}

numbers! {
    /// Percentiles of a [`Latency`](crate::Latency), in nanoseconds; 0 if no message was counted.
    #[derive(Eq)]
    LatencySummary = nabd_latency_summary {
        /// Messages.
        count: u64,
        /// Messages beside them, whose time was none or of the future.
        unmeasured: u64,
        /// The mean, exact.
        mean_ns: u64,
        /// The lowest.
        min_ns: u64,
        /// Half of the messages were no older: the median.
        p50_ns: u64,
        /// Nine of ten were no older.
        p90_ns: u64,
        /// 99 of a hundred.
        p99_ns: u64,
        /// 999 of a thousand.
        p99_9_ns: u64,
        /// The highest.
        max_ns: u64,
    }
}

/// A struct of C that begins with its size.
pub(crate) trait SizedStruct: Copy {
    /// All zero but for the size.
    fn sized() -> Self;
}

macro_rules! sized {
    ($($raw:ident)*) => {
        $(impl SizedStruct for sys::$raw {
            fn sized() -> sys::$raw {
                // SAFETY: made of integers and floats, for which zero is a value.
                let mut raw: sys::$raw = unsafe { std::mem::zeroed() };
                raw.size = std::mem::size_of::<sys::$raw>() as u32;
                raw
            }
        })*
    };
}

sized! {
    nabd_stats nabd_consumer_stats nabd_group_info nabd_member_info nabd_metrics nabd_rates
    nabd_group_metrics nabd_member_metrics nabd_checkpoint nabd_resume
    nabd_latency nabd_latency_summary nabd_memory
}

/// What `call` fills in.
pub(crate) fn ask<Raw: SizedStruct, T: From<Raw>>(
    call: impl FnOnce(&mut Raw) -> c_int,
) -> Result<T> {
    let mut raw = Raw::sized();
    check(call(&mut raw))?;
    Ok(raw.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_survive_the_way_to_c_and_back() {
        let metrics = Metrics { state: 1, head: 2, now_ns: 3, created_ns: 4, ..Metrics::default() };
        assert_eq!(Metrics::from(metrics.to_c()), metrics);
        assert_eq!(metrics.to_c().size as usize, std::mem::size_of::<sys::nabd_metrics>());
    }
}
