// SPDX-License-Identifier: MIT
//! Ends in threads of their own, and what is looked at and woken from others.

mod common;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use common::{pair, Name};
use nabd::prelude::*;
use nabd::{
    wait_any, wait_any_of, Batch, Error, Format, Join, Observer, Options, Pressure, Verdict, Wait,
    FOREVER,
};

fn is_send<T: Send>() {}
fn is_sync<T: Sync>() {}

#[test]
fn ends_are_send_and_looking_is_shared() {
    is_send::<nabd::Producer>();
    is_send::<nabd::Consumer>();
    is_send::<nabd::Member>();
    is_send::<nabd::Trust>();
    is_sync::<nabd::Trust>();
    is_send::<Observer>();
    is_sync::<Observer>();
    is_send::<nabd::Waker>();
    is_sync::<nabd::Waker>();
    is_send::<Error>();
    is_sync::<Error>();
}

#[test]
fn every_message_arrives_in_order() {
    let (mut tx, mut rx, _name) = pair("order", 16);
    let sender = thread::spawn(move || {
        for i in 0..20_000u64 {
            match i % 3 {
                0 => tx.push_wait(&i.to_le_bytes(), FOREVER).unwrap(),
                1 => {
                    let mut slot = tx.reserve_wait(8, FOREVER).unwrap();
                    slot.put(0, i.to_le_bytes());
                    slot.commit_all().unwrap();
                }
                _ => {
                    let batch: Batch = [i.to_le_bytes()].iter().collect();
                    tx.push_batch_wait(&batch, FOREVER).unwrap();
                }
            }
        }
    });
    for i in 0..20_000u64 {
        if i % 2 == 0 {
            let message = rx.peek_wait(FOREVER).unwrap();
            assert_eq!((message.sequence(), message.array(0)), (i, i.to_le_bytes()));
            message.release().unwrap();
        } else {
            assert_eq!(rx.pop_wait(FOREVER).unwrap(), i.to_le_bytes());
        }
    }
    sender.join().unwrap();
    assert_eq!(rx.pop(), Ok(None));
}

#[test]
fn members_in_threads_share_all_messages() {
    let (mut tx, rx, _name) = pair("share", 64);
    let members: Vec<_> = (0..3)
        .map(|_| {
            let mut member = rx.join_with(1, Join::new().oldest()).unwrap();
            thread::spawn(move || {
                let mut got = Vec::new();
                loop {
                    let message = member.pop_wait(FOREVER).unwrap();
                    if message.is_empty() {
                        return got;
                    }
                    got.push(u64::from_le_bytes(message[..].try_into().unwrap()));
                }
            })
        })
        .collect();
    for i in 0..3_000u64 {
        tx.push_wait(&i.to_le_bytes(), FOREVER).unwrap();
    }
    for _ in 0..members.len() {
        tx.push_wait(b"", FOREVER).unwrap();
    }
    let mut all: Vec<_> = members.into_iter().flat_map(|m| m.join().unwrap()).collect();
    all.sort_unstable();
    assert_eq!(all, (0..3_000).collect::<Vec<_>>());
}

#[test]
fn a_waker_ends_a_wait_in_another_thread() {
    let (tx, mut rx, _name) = pair("waker", 4);
    let waker = rx.waker();
    let waiting = thread::spawn(move || rx.pop_wait(FOREVER));
    waker.wake().unwrap();
    assert_eq!(waiting.join().unwrap(), Err(Error::Woken));
    drop(tx);
    assert_eq!(waker.wake(), Err(Error::Invalid));
}

#[test]
fn iteration_ends_with_the_producer() {
    let name = Name::new("iterate");
    let options = Options::new().create(true).slots(8).slot_size(64);
    let mut tx = options.producer(&name).unwrap();
    let wait = Wait::BALANCED.end_without_producer();
    let mut rx = options.wait(wait).consumer(&name).unwrap();
    let sender = thread::spawn(move || {
        for word in ["a", "b", "c"] {
            tx.push_wait(word.as_bytes(), FOREVER).unwrap();
        }
    });
    let all: Vec<_> = rx.iter(FOREVER).collect();
    sender.join().unwrap();
    let words = ["a", "b", "c"].map(|word| Ok(word.as_bytes().to_vec()));
    assert_eq!((&all[..3], &all[3..]), (&words[..], &[Err(Error::NoProducer)][..]));
}

#[test]
fn several_are_waited_for_at_once() {
    let (mut tx_a, mut a, _name_a) = pair("any-a", 4);
    let (_tx_b, mut b, _name_b) = pair("any-b", 4);
    let (mut tx_c, mut c, _name_c) = pair("any-c", 4);
    assert_eq!(wait_any([&mut a, &mut b], Duration::ZERO), Err(Error::Timeout));
    let sender = thread::spawn(move || {
        tx_a.push(b"x").unwrap();
        (tx_c.push(b"y").unwrap(), tx_a, tx_c)
    });
    let ends = sender.join().unwrap();
    assert_eq!(wait_any([&mut a, &mut b, &mut c], FOREVER), Ok([Ok(true), Ok(false), Ok(true)]));
    assert_eq!(a.pop().unwrap().unwrap(), b"x");
    let mut items: Vec<&mut dyn Waitable> = vec![&mut a, &mut c];
    assert_eq!(wait_any_of(&mut items, FOREVER), Ok(vec![Ok(false), Ok(true)]));
    assert_eq!(wait_any_of(&mut [], FOREVER), Err(Error::Invalid));
    assert!(a.fd().unwrap() >= 0 && !a.arm().unwrap() && c.arm().unwrap());
    drop(ends);
}

#[test]
fn a_queue_is_looked_at_from_elsewhere() {
    let (mut tx, mut rx, name) = pair("look", 8);
    let before = tx.metrics().unwrap();
    tx.push(b"12345").unwrap();
    let seen = tx.observer();
    let (stats, level) =
        thread::spawn(move || (seen.stats().unwrap(), seen.fill_level().unwrap())).join().unwrap();
    assert_eq!((stats.slots, stats.slot_size, stats.head, stats.bytes), (8, 64, 1, 5));
    assert_eq!(stats.state & nabd::STATE_PRODUCER, nabd::STATE_PRODUCER);
    assert_eq!(level, 12, "without a reader all is kept");
    assert_eq!(rx.pop().unwrap().unwrap(), b"12345");

    let other = Observer::open(&name).unwrap();
    assert_eq!(other.groups().unwrap().len(), 1);
    assert_eq!((other.is_empty(), other.is_full(), other.min_tail()), (Ok(true), Ok(false), Ok(1)));
    let after = other.metrics().unwrap();
    assert_eq!(after.head, 1);
    assert!(after.since(&before).unwrap().messages > 0.0);
    assert_eq!(before.since(&after).unwrap_err(), Error::Invalid);
    assert_eq!(other.group_metrics(0).unwrap().low, 1);
    assert_eq!(other.member_metrics(1, 0).unwrap_err(), Error::NotFound);
    assert!(other.metrics_text(Format::Json).unwrap().starts_with('{'));
    assert!(other.metrics_text(Format::Prometheus).unwrap().contains("# TYPE"));
    assert!(other.metrics_text(Format::Text).unwrap().contains("head"));

    let told = nabd::diagnose(&name);
    assert!(told.verdict.is_ok() && !told.text.is_empty(), "{told:?}");
    let busy = nabd::recover(&name, nabd::Recover::new().really().remove());
    assert_eq!(busy.verdict, Err(Error::Busy));
    drop((tx, rx));
    other.close().unwrap();
    let gone = nabd::recover(&name, nabd::Recover::new().really().remove());
    assert_eq!((gone.verdict, nabd::diagnose(&name).verdict), (Ok(()), Err(Error::NotFound)));
}

#[test]
fn ages_are_told_where_times_are_kept() {
    let name = Name::new("ages");
    let options = Options::new().create(true).timestamps(true).slots(8).slot_size(64);
    let (mut tx, mut rx) = options.pair(&name).unwrap();
    let before = tx.latency(None, None).unwrap();
    tx.push(b"a").unwrap();
    tx.push(b"b").unwrap();
    let message = rx.peek().unwrap().unwrap();
    assert!(message.sent_ns().unwrap() > 0);
    message.release().unwrap();
    let batch = rx.peek_batch(1).unwrap().unwrap();
    assert!(batch.sent_ns(0).unwrap() > 0);
    batch.release().unwrap();
    let told = rx.latency(Some(0), None).unwrap();
    assert_eq!((told.count(), told.unmeasured()), (2, 0));
    assert_eq!(told.buckets().iter().sum::<u64>(), 2);
    assert!(told.sum() >= told.max());
    let all = rx.latency(None, None).unwrap().since(&before).unwrap().summary().unwrap();
    assert_eq!(all.count, 2);
    assert_eq!(all.max_ns, told.max().as_nanos() as u64);
    assert_eq!(before.since(&told).map(drop).unwrap_err(), Error::Invalid);

    let (mut tx, mut rx, _name) = pair("no-ages", 4);
    assert_eq!(rx.latency(None, None).map(drop), Err(Error::NotFound));
    tx.push(b"a").unwrap();
    assert_eq!(rx.peek().unwrap().unwrap().sent_ns(), Err(Error::NotFound));
}

/// Who looks has the queue open for that long, also while its end is closed. Of a pair it is the
/// last end that closes it, whichever that is, and in whichever thread.
#[test]
fn what_was_closed_is_closed_though_others_look() {
    let name = Name::new("close-look");
    let options = Options::new().create(true).slots(4).slot_size(64);
    for round in 0..30 {
        let (tx, rx) = options.pair(&name).unwrap();
        let observer = tx.observer();
        let (begins, began) = mpsc::channel();
        let looks = thread::spawn(move || {
            while observer.memory().is_ok() {
                let _ = begins.send(());
            }
        });
        began.recv().unwrap();
        match round % 3 {
            0 => {
                drop(rx);
                tx.close().unwrap();
            }
            1 => {
                tx.close().unwrap();
                rx.close().unwrap();
            }
            _ => {
                let other = thread::spawn(move || rx.close().unwrap());
                tx.close().unwrap();
                other.join().unwrap();
            }
        }
        options.producer(&name).unwrap().close().unwrap();
        looks.join().unwrap();
    }
}

/// What `f` does must come to an end; it is not waited for longer than a minute.
fn ends(f: impl FnOnce() + Send + 'static) {
    let (says, said) = mpsc::channel();
    let runs = thread::spawn(move || {
        f();
        says.send(()).unwrap();
    });
    if said.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("it has not ended");
    }
    runs.join().unwrap();
}

/// Does something when a callback that owns it is dropped.
struct Last<F: FnMut()>(F);

impl<F: FnMut()> Drop for Last<F> {
    fn drop(&mut self) {
        (self.0)()
    }
}

/// The other end joins while this one is closed: who closes has the member, and can't wait for it.
#[test]
fn an_end_is_not_closed_while_a_member_is_left() {
    ends(|| {
        let (mut tx, rx, _name) = pair("late", 4);
        let (gives, given) = mpsc::channel();
        let mut rx = Some(rx);
        let last = Last(move || gives.send(rx.take().unwrap().join(1).unwrap()).unwrap());
        let owns = move |_: &Observer| {
            let _ = &last;
        };
        tx.set_backpressure(Pressure::new(80, 50).on_high(owns)).unwrap();
        let refused = tx.close().unwrap_err();
        assert_eq!(refused.error, Error::State);
        let mut member = given.recv().unwrap();
        let mut tx = refused.guard;
        tx.push(b"open").unwrap();
        assert_eq!(member.pop(), Ok(Some(b"open".to_vec())));
        drop(member);
        tx.close().unwrap();
    });
}

/// A member's callback owns the last end of the member's queue, and closes it.
#[test]
fn what_a_callback_owns_can_be_closed() {
    ends(|| {
        let (tx, rx, _name) = pair("owned", 4);
        let (says, said) = mpsc::channel();
        let mut tx = Some(tx);
        let last = Last(move || says.send(tx.take().unwrap().close().is_ok()).unwrap());
        let owns = move |_: nabd::DeadLetter<'_>| {
            let _ = &last;
            Verdict::Taken
        };
        let member = rx.join_with(1, Join::new().dead_letter(owns)).unwrap();
        drop(rx);
        drop(member);
        assert_eq!(said.recv(), Ok(true));
    });
}
