// SPDX-License-Identifier: MIT
//! The sending side.

use std::time::Duration;

use nabd::{Backoff, Batch, Look, Pressure, Producer, Refused};

use crate::vars::{Slot, Tx, Vars};
use crate::words::{answer, data, list, name};
use crate::{number, Said};

pub fn timeout(word: &str) -> nabd::Timeout {
    let ns: i64 = number(word);
    u64::try_from(ns).map_or(nabd::FOREVER, |ns| Duration::from_nanos(ns).into())
}

pub fn backoff(retries: &str) -> Backoff {
    let delay = Duration::from_nanos(1000);
    Backoff::new().retries(number(retries)).delays(delay, delay)
}

pub fn run(vars: &mut Vars, words: &[&str]) -> Said {
    let var = match *words {
        [command, var, ..]
            if [
                "push",
                "push_wait",
                "push_backoff",
                "reserve",
                "reserve_wait",
                "commit",
                "abort",
                "reserve_batch",
                "reserve_batch_wait",
                "commit_batch",
                "push_batch",
                "push_batch_wait",
                "backpressure",
                "pressured",
            ]
            .contains(&command) =>
        {
            var
        }
        _ => return Said::Unknown,
    };
    let tx = match vars.queue(var).and_then(|queue| queue.tx.as_mut()) {
        Some(tx) => tx,
        None => return Said::Types,
    };
    match *words {
        ["commit", _, word] => return commit(tx, &data(word)),
        ["commit_batch", _, word] => return commit_batch(tx, &list(word)),
        ["abort", _] => {
            return match tx.take() {
                Some(_) => Ok(()).into(),
                None => Said::Types,
            }
        }
        _ if tx.is_lent() => return Said::Types,
        _ => {}
    }
    match *words {
        ["push", _, word] => tx.free().push(&data(word)).into(),
        ["push_wait", _, word, ns] => tx.free().push_wait(&data(word), timeout(ns)).into(),
        ["push_backoff", _, word, retries] => {
            tx.free().push_backoff(&data(word), &backoff(retries)).into()
        }
        ["reserve", _, len] => hold(tx, |tx| tx.reserve(number(len)).map(Slot::One)),
        ["reserve_wait", _, len, ns] => {
            hold(tx, |tx| tx.reserve_wait(number(len), timeout(ns)).map(Slot::One))
        }
        ["reserve_batch", _, len, n] => {
            hold(tx, |tx| tx.reserve_batch(number(len), number(n)).map(Slot::Many))
        }
        ["reserve_batch_wait", _, len, n, ns] => hold(tx, |tx| {
            tx.reserve_batch_wait(number(len), number(n), timeout(ns)).map(Slot::Many)
        }),
        ["push_batch", _, words] => {
            let batch: Batch = list(words).into_iter().collect();
            tx.free().push_batch(&batch).map(|sent| sent.to_string()).into()
        }
        ["push_batch_wait", _, words, ns] => {
            let batch: Batch = list(words).into_iter().collect();
            match tx.free().push_batch_wait(&batch, timeout(ns)) {
                Ok(()) => Said::Line(format!("OK {}", batch.len())),
                Err(partly) => Said::Line(format!("{} {}", name(partly.error), partly.sent)),
            }
        }
        ["backpressure", _, "none"] => tx.free().clear_backpressure().into(),
        ["backpressure", _, high, low] => tx
            .free()
            .set_backpressure(
                Pressure::new(number(high), number(low))
                    .on_high(|queue| say("on_high", queue))
                    .on_low(|queue| say("on_low", queue))
                    .on_full(|queue| say("on_full", queue)),
            )
            .into(),
        ["pressured", _] => tx.free().is_pressured().map(|is| (is as u32).to_string()).into(),
        _ => Said::Unknown,
    }
}

/// The observer of a callback must be of use within it.
fn say(what: &str, queue: &nabd::Observer) {
    assert!(queue.fill_level().is_ok(), "{}", answer(queue.fill_level().map(|n| n.to_string())));
    println!("= {what}");
}

fn hold(tx: &mut Tx, reserve: impl FnOnce(&'static mut Producer) -> nabd::Result<Slot>) -> Said {
    match reserve(tx.lend()) {
        Ok(slot) => {
            let got = match &slot {
                Slot::One(_) => String::new(),
                Slot::Many(slots) => slots.len().to_string(),
            };
            tx.hold(slot);
            Ok(got).into()
        }
        Err(error) => error.into(),
    }
}

fn commit(tx: &mut Tx, message: &[u8]) -> Said {
    match tx.take() {
        Some(Slot::One(mut slot)) => {
            slot.write_at(0, &message[..message.len().min(slot.len())]);
            match slot.try_commit(message.len()) {
                Ok(()) => Ok(()).into(),
                Err(Refused { error, guard }) => {
                    tx.hold(Slot::One(guard));
                    error.into()
                }
            }
        }
        Some(many) => {
            tx.hold(many);
            Said::Types
        }
        None => Said::Types,
    }
}

fn commit_batch(tx: &mut Tx, messages: &[Vec<u8>]) -> Said {
    match tx.take() {
        Some(Slot::Many(mut slots)) => {
            for (i, message) in messages.iter().enumerate().take(slots.len()) {
                slots.write_at(i, 0, &message[..message.len().min(slots.slot_len())]);
            }
            let lens: Vec<_> = messages.iter().map(|message| message.len() as u32).collect();
            match slots.try_commit(&lens) {
                Ok(()) => Ok(()).into(),
                Err(Refused { error, guard }) => {
                    tx.hold(Slot::Many(guard));
                    error.into()
                }
            }
        }
        Some(one) => {
            tx.hold(one);
            Said::Types
        }
        None => Said::Types,
    }
}
