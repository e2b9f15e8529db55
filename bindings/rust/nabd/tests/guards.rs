// SPDX-License-Identifier: MIT
//! Guards: what is dropped, forgotten, refused or given up in a panic.

mod common;

use std::io::{Read, Write};
use std::mem;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{pair, Name};
use nabd::prelude::*;
use nabd::{wait_any, Batch, Error, Join, Options, Pressure, Refused, Verdict, FOREVER};

#[test]
fn a_dropped_reservation_is_given_back() {
    let (mut tx, mut rx, _name) = pair("abort", 4);
    drop(tx.reserve(8).unwrap());
    tx.reserve(8).unwrap().abort();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _slot = tx.reserve(8).unwrap();
        panic!("while it is written");
    }));
    assert!(panicked.is_err());
    drop(tx.reserve_batch(8, 3).unwrap());
    assert_eq!(rx.pop(), Ok(None));
    tx.push(b"ok").unwrap();
    assert_eq!(rx.pop().unwrap().unwrap(), b"ok");
}

#[test]
fn a_refused_commit_keeps_the_reservation() {
    let (mut tx, mut rx, _name) = pair("refused", 4);
    let mut slot = tx.reserve(8).unwrap();
    slot.write_at(0, b"12345678");
    let Refused { error, guard } = slot.try_commit(9).unwrap_err();
    assert_eq!(error, Error::TooBig);
    guard.commit(5).unwrap();
    let mut slots = tx.reserve_batch(8, 2).unwrap();
    slots.write_at(0, 0, b"a");
    slots.put(1, 0, *b"b");
    let Refused { error, guard } = slots.try_commit(&[1, 9]).unwrap_err();
    assert_eq!(error, Error::TooBig);
    guard.commit(&[1, 1]).unwrap();
    assert_eq!(tx.reserve(8).unwrap().commit(9), Err(Error::TooBig));
    assert_eq!(tx.reserve_batch(8, 2).unwrap().commit(&[1; 3]), Err(Error::TooBig));
    let all: Vec<_> = rx.try_iter().map(Result::unwrap).collect();
    assert_eq!(all, [b"12345".to_vec(), b"a".to_vec(), b"b".to_vec()]);
}

#[test]
fn slots_of_a_batch_are_written_one_by_one() {
    let (mut tx, mut rx, _name) = pair("slots", 4);
    // SAFETY: who sends and who receives are in this test, which keeps to it.
    let trust = unsafe { rx.trust().unwrap() };
    let mut slots = tx.reserve_batch(8, 3).unwrap();
    assert_eq!(slots.iter_mut().len(), 3);
    for (mut slot, at) in slots.iter_mut().zip(0..) {
        slot.put(at, *b"1");
        slot.write_at(at + 1, b"23");
        assert_eq!(slot.len(), 8);
        assert_eq!(slot.into_slice(&trust)[at..at + 3], *b"123");
    }
    let mut third = slots.get_mut(2);
    assert!(catch_unwind(AssertUnwindSafe(|| third.put(1, [0; 8]))).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| slots.get_mut(3).len())).is_err());
    slots.commit(&[3, 4, 5]).unwrap();
    let all: Vec<_> = rx.try_iter().map(Result::unwrap).collect();
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [3, 4, 5]);
    assert!(all.iter().all(|message| message.ends_with(b"123")));
}

/// It lies beside the guard, in its consumer or producer.
#[test]
fn what_a_guard_is_about_is_not_what_the_last_was_about() {
    let (mut tx, mut rx, _name) = pair("beside", 4);
    tx.push(b"first").unwrap();
    tx.push(b"second!").unwrap();
    assert!(rx.peek().unwrap().is_some());
    let message = rx.peek().unwrap().unwrap();
    assert_eq!((message.sequence(), message.to_vec()), (0, b"first".to_vec()));
    message.release().unwrap();
    let message = rx.peek().unwrap().unwrap();
    assert_eq!((message.sequence(), message.to_vec()), (1, b"second!".to_vec()));
    message.release().unwrap();
    let mut slot = tx.reserve(7).unwrap();
    write!(slot, "third").unwrap();
    let Refused { error, guard } = slot.try_commit(8).unwrap_err();
    assert_eq!((error, guard.len()), (Error::TooBig, 7));
    guard.commit_written().unwrap();
    assert_eq!(rx.pop().unwrap().unwrap(), b"third");
}

/// As many as there are: room for so many is not wanted.
#[test]
fn there_is_no_limit_to_how_many_may_be_asked_for() {
    let (mut tx, mut rx, _name) = pair("many", 4);
    let mut member = rx.join(1).unwrap();
    for n in [usize::MAX, 1 << 40] {
        let slots = tx.reserve_batch(8, n).unwrap();
        assert_eq!(slots.len(), 4);
        slots.commit(&[8; 4]).unwrap();
        assert_eq!(tx.reserve_batch_wait(8, n, Duration::ZERO).unwrap_err(), Error::Timeout);
        assert_eq!(member.peek_batch(n).unwrap().unwrap().len(), 4);
        let batch = member.peek_batch_wait(n, FOREVER).unwrap();
        assert_eq!(batch.len(), 4);
        batch.release().unwrap();
        if let Some(batch) = rx.peek_batch(n).unwrap() {
            batch.release().unwrap();
        }
    }
}

#[test]
fn writing_beyond_a_slot_panics_and_sends_nothing() {
    let (mut tx, mut rx, _name) = pair("beyond", 4);
    for (offset, len) in [(0, 9), (8, 1), (9, 0), (usize::MAX, 1), (1, usize::MAX)] {
        let len = len.min(100);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            tx.reserve(8).unwrap().write_at(offset, &vec![0; len]);
        }));
        assert!(panicked.is_err(), "{len} at {offset}");
    }
    let mut slot = tx.reserve(8).unwrap();
    // As a writer it is full at some time instead.
    assert_eq!(slot.write(b"0123456789").unwrap(), 8);
    assert!(slot.write_all(b"x").is_err());
    slot.commit_written().unwrap();
    let message = rx.peek().unwrap().unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| message.array::<9>(0))).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| message.array::<1>(8))).is_err());
    let mut text = String::new();
    message.view().reader().read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), message.array::<2>(3)), ("01234567", *b"34"));
    message.release().unwrap();
}

#[test]
fn a_message_comes_again_until_it_is_released() {
    let (mut tx, mut rx, _name) = pair("again", 4);
    tx.push(b"one").unwrap();
    tx.push(b"two").unwrap();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _message = rx.peek().unwrap().unwrap();
        panic!("while it is handled");
    }));
    assert!(panicked.is_err());
    let message = rx.peek().unwrap().unwrap();
    assert_eq!((message.to_vec(), message.sequence()), (b"one".to_vec(), 0));
    message.release().unwrap();
    let batch = rx.peek_batch(9).unwrap().unwrap();
    assert_eq!(batch.get(0).to_vec(), b"two");
    assert_eq!(batch.release_first(2), Err(Error::Invalid));
    // A batch that was dropped is in nobody's way.
    assert_eq!(rx.pop().unwrap().unwrap(), b"two");
}

/// Each way to receive gives a message that was dropped, once, and those behind it; and nothing
/// else finds it in its way.
fn what_was_dropped_comes_again<R: Receive>(tx: &mut nabd::Producer, rx: &mut R) {
    let all = ["one", "two", "three"];
    let drop_first = |rx: &mut R| {
        drop(rx.peek().unwrap().unwrap());
        drop(rx.peek_wait(FOREVER).unwrap());
        assert_eq!(rx.arm(), Ok(true));
        assert_eq!(wait_any([rx as &mut dyn Waitable], FOREVER), Ok([Ok(true)]));
        drop(rx.peek().unwrap().unwrap());
    };
    for way in 0..6 {
        assert_eq!(tx.push_batch(&all.iter().collect()), Ok(3));
        drop_first(rx);
        let mut batch = Batch::new();
        match way {
            0 => batch.add(&rx.pop().unwrap().unwrap()),
            1 => batch.add(&rx.pop_wait(FOREVER).unwrap()),
            2 => assert_ne!(rx.pop_batch(&mut batch), Ok(0)),
            3 => assert_ne!(rx.pop_batch_wait(&mut batch, FOREVER), Ok(0)),
            4 => {
                let messages = rx.peek_batch(3).unwrap().unwrap();
                messages.iter().for_each(|message| batch.add(&message.to_vec()));
                messages.release().unwrap();
            }
            _ => {
                let messages = rx.peek_batch_wait(3, FOREVER).unwrap();
                messages.iter().for_each(|message| batch.add(&message.to_vec()));
                messages.release().unwrap();
            }
        }
        batch.extend(rx.try_iter().map(Result::unwrap));
        assert!(batch.iter().eq(all.iter().map(|word| word.as_bytes())), "{way}: {batch:?}");
    }
}

#[test]
fn a_dropped_message_is_in_nobodys_way() {
    let (mut tx, mut rx, _name) = pair("dropped", 4);
    let mut member = rx.join(1).unwrap();
    what_was_dropped_comes_again(&mut tx, &mut member);
    rx.drop_group(1).unwrap();
    drop(member);
    let _kept = rx.try_iter().count();
    what_was_dropped_comes_again(&mut tx, &mut rx);
    let name = Name::new("dropped-kinds");
    let options = Options::new().create(true).overwrite(true).timestamps(true).slots(4);
    let (mut tx, mut rx) = options.slot_size(64).pair(&name).unwrap();
    assert_eq!(rx.pop(), Ok(None));
    what_was_dropped_comes_again(&mut tx, &mut rx);
    let mut member = rx.join(1).unwrap();
    what_was_dropped_comes_again(&mut tx, &mut member);
    // What moves the group finds nothing in its way either.
    tx.push(b"x").unwrap();
    drop(member.peek().unwrap().unwrap());
    assert!(member.seek(u64::MAX).is_ok());
    assert_eq!(member.pop(), Ok(None));
}

#[test]
fn forgotten_guards_are_harmless() {
    let (mut tx, mut rx, name) = pair("forgotten", 4);
    mem::forget(tx.reserve(8).unwrap());
    assert_eq!(tx.push(b"x"), Err(Error::State));
    assert_eq!(tx.reserve(8).map(drop), Err(Error::State));
    drop(tx);
    drop(rx);
    let mut tx = nabd::Producer::open(&name).unwrap();
    rx = nabd::Consumer::open(&name).unwrap();
    tx.push(b"a").unwrap();
    mem::forget(rx.peek_batch(2).unwrap().unwrap());
    assert_eq!(rx.pop(), Err(Error::State));
    assert_eq!(rx.peek().map(drop), Err(Error::State));
    mem::forget(rx);
}

#[test]
fn slices_are_lent_to_those_who_trust_the_same_queue() {
    let (mut tx, mut rx, _name) = pair("trust", 4);
    let (other, _other_rx, _other_name) = pair("trust-other", 4);
    // SAFETY: both queues are this test's own.
    let (trust, wrong) = unsafe { (rx.trust().unwrap(), other.trust().unwrap()) };
    let mut slot = tx.reserve(5).unwrap();
    slot.slice_mut(&trust).copy_from_slice(b"hello");
    slot.commit_all().unwrap();
    let mut slots = tx.reserve_batch(5, 2).unwrap();
    slots.slice_mut(1, &trust).copy_from_slice(b"world");
    slots.commit(&[0, 5]).unwrap();
    let message = rx.peek().unwrap().unwrap();
    assert_eq!(message.slice(&trust), b"hello");
    assert!(catch_unwind(AssertUnwindSafe(|| message.slice(&wrong).len())).is_err());
    message.release().unwrap();
    let batch = rx.peek_batch(2).unwrap().unwrap();
    let all: Vec<_> = batch.iter().map(|message| message.slice(&trust)).collect();
    assert_eq!(all, [&b""[..], b"world"]);
    batch.release().unwrap();
    let member = rx.join(1).unwrap();
    // SAFETY: as above.
    assert!(unsafe { member.trust() }.is_ok());
}

#[test]
fn members_give_back_and_are_told() {
    let (mut tx, rx, _name) = pair("nack", 8);
    let mut a = rx.join_with(1, Join::new().oldest()).unwrap();
    let mut b = rx.join(1).unwrap();
    tx.push(b"x").unwrap();
    let message = a.peek().unwrap().unwrap();
    assert!(!message.view().is_redelivered());
    message.nack().unwrap();
    let message = b.peek().unwrap().unwrap();
    assert!(message.view().is_redelivered());
    assert_eq!(message.view().deliveries(), 2);
    drop(message);
    // A member's end gives to others what it holds.
    drop(b);
    let batch = a.peek_batch(4).unwrap().unwrap();
    assert_eq!(batch.len(), 1);
    batch.nack().unwrap();
    assert_eq!(a.pop().unwrap().unwrap(), b"x");
    assert_eq!(rx.members(1).unwrap().len(), 1);
    assert_eq!(rx.group(1).unwrap().lag, 0);
}

#[test]
fn callbacks_run_and_their_panics_go_on_behind_the_call() {
    let (mut tx, mut rx, _name) = pair("pressure", 4);
    assert_eq!(rx.pop(), Ok(None));
    let said = Arc::new(Mutex::new(Vec::new()));
    let say = |word: &'static str| {
        let said = said.clone();
        move |queue: &nabd::Observer| said.lock().unwrap().push((word, queue.fill_level().unwrap()))
    };
    let pressure =
        Pressure::new(75, 25).on_high(say("high")).on_low(say("low")).on_full(say("full"));
    tx.set_backpressure(pressure).unwrap();
    for _ in 0..4 {
        tx.push(b"x").unwrap();
    }
    assert_eq!(tx.push(b"x"), Err(Error::Full));
    assert!(tx.is_pressured().unwrap());
    assert_eq!(rx.try_iter().count(), 4);
    assert!(!tx.is_pressured().unwrap());
    let words: Vec<_> = said.lock().unwrap().iter().map(|(word, _)| *word).collect();
    assert_eq!(words, ["high", "full", "low"]);

    tx.set_backpressure(Pressure::default().on_full(|_| panic!("full"))).unwrap();
    for _ in 0..4 {
        tx.push(b"x").unwrap();
    }
    let panic = catch_unwind(AssertUnwindSafe(|| tx.push(b"x"))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"full"));
    tx.clear_backpressure().unwrap();
    assert_eq!(tx.push(b"x"), Err(Error::Full));
}

#[test]
fn dead_letters_go_to_whom_they_are_for() {
    let (mut tx, rx, _name) = pair("dead", 8);
    let letters = Arc::new(Mutex::new(Vec::new()));
    let kept = letters.clone();
    let mut first = true;
    let join = Join::new().oldest().max_deliveries(1).dead_letter(move |letter| {
        if mem::take(&mut first) {
            panic!("a letter");
        }
        kept.lock().unwrap().push((letter.message.to_vec(), letter.deliveries));
        Verdict::Taken
    });
    let mut a = rx.join_with(1, join).unwrap();
    tx.push(b"bad").unwrap();
    a.peek().unwrap().unwrap().nack().unwrap();
    // It was to be delivered once more, and no panic may take it away.
    let mut copy = [0; 64];
    assert_eq!(a.pop_slice(&mut copy), Ok(Some(3)));
    let panic = catch_unwind(AssertUnwindSafe(|| a.pop().map(drop))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"a letter"));
    tx.push(b"bad").unwrap();
    a.peek().unwrap().unwrap().nack().unwrap();
    assert_eq!(a.pop(), Ok(None));
    assert_eq!(letters.lock().unwrap()[0].0, b"bad");

    let (dead_tx, mut dead_rx, _dead_name) = pair("dead-queue", 8);
    let join = Join::new().newest().max_deliveries(1).dead_letters(dead_tx);
    let mut b = rx.join_with(2, join).unwrap();
    tx.push(b"worse").unwrap();
    b.peek().unwrap().unwrap().nack().unwrap();
    assert_eq!(b.pop(), Ok(None));
    assert_eq!(dead_rx.pop().unwrap().unwrap(), b"worse");
    let refused = dead_rx.close().unwrap_err();
    assert_eq!(refused.error, Error::State);
    b.close().unwrap();
    refused.guard.close().unwrap();
}

#[test]
fn a_look_ends_when_a_callback_panics() {
    let (mut tx, rx, _name) = pair("batch-panic", 8);
    let panics = Arc::new(Mutex::new(false));
    let wanted = panics.clone();
    let join = Join::new().max_deliveries(1).dead_letter(move |_| {
        let panics = mem::take(&mut *wanted.lock().unwrap());
        assert!(!panics, "a letter");
        Verdict::Again
    });
    let mut member = rx.join_with(1, join).unwrap();
    for way in 0..4 {
        tx.push(b"bad").unwrap();
        tx.push(b"good").unwrap();
        member.peek_batch(1).unwrap().unwrap().nack().unwrap();
        *panics.lock().unwrap() = true;
        let panicked = catch_unwind(AssertUnwindSafe(|| match way {
            0 => member.peek().map(drop),
            1 => member.peek_wait(FOREVER).map(drop),
            2 => member.peek_batch(2).map(drop),
            _ => member.peek_batch_wait(2, FOREVER).map(drop),
        }));
        assert!(panicked.is_err());
        let all: Vec<_> = member.try_iter().collect();
        assert_eq!(all, [Ok(b"bad".to_vec()), Ok(b"good".to_vec())]);
    }
}
