// SPDX-License-Identifier: MIT
//! The receiving side: of a handle, and of a member of a group.

use nabd::{Batch, Error, Member, Receive, Result};

use crate::send::timeout;
use crate::vars::{Peeked, Rx, Var, Vars};
use crate::words::{show, show_in_place};
use crate::{number, Said};

pub fn run(vars: &mut Vars, words: &[&str]) -> Said {
    let var = match *words {
        [command, var, ..]
            if [
                "pop",
                "pop_into",
                "pop_wait",
                "pop_batch",
                "pop_batch_wait",
                "peek",
                "peek_wait",
                "peek_batch",
                "peek_batch_wait",
                "release",
                "release_batch",
                "lost",
                "nack",
                "seek",
            ]
            .contains(&command) =>
        {
            var
        }
        _ => return Said::Unknown,
    };
    match vars.get(var) {
        Some(Var::Queue(queue)) => match (queue.rx.as_mut(), words) {
            (Some(rx), ["lost", _]) if !rx.is_lent() => {
                let lost = rx.free().lost();
                lost.map(|lost| format!("gap={} total={}", lost.gap, lost.total)).into()
            }
            (Some(rx), _) => receive(rx, words),
            (None, _) => Said::Types,
        },
        Some(Var::Member(rx, ..)) => match *words {
            ["nack", _] => nack(rx),
            ["seek", ..] if rx.is_lent() => Said::Types,
            ["seek", _, to] => rx.free().seek(position(to)).map(|n| n.to_string()).into(),
            _ => receive(rx, words),
        },
        _ => Said::Types,
    }
}

fn position(word: &str) -> u64 {
    match word {
        "oldest" => 0,
        "newest" => u64::MAX,
        word => number(word),
    }
}

fn nack(rx: &mut Rx<Member>) -> Said {
    match rx.take() {
        Some(Peeked::One(message)) => message.nack().into(),
        Some(Peeked::Many(batch)) => batch.nack().into(),
        None => Said::Types,
    }
}

fn receive<R: Receive + 'static>(rx: &mut Rx<R>, words: &[&str]) -> Said {
    match *words {
        ["release", _] => {
            return match rx.take() {
                Some(Peeked::One(message)) => message.release().into(),
                Some(batch) => {
                    rx.hold(batch);
                    Said::Types
                }
                None if rx.is_peeked => {
                    // The same one again, which is what a program would have to do.
                    rx.is_peeked = false;
                    match rx.free().peek() {
                        Ok(Some(message)) => message.release().into(),
                        Ok(None) => Error::Empty.into(),
                        Err(error) => error.into(),
                    }
                }
                None => Said::Types,
            };
        }
        ["release_batch", _, n] => return release_batch(rx, number(n)),
        ["peek", _] | ["peek_wait", ..] => match rx.take() {
            // It is dropped unreleased, and so comes again.
            Some(Peeked::One(_)) | None => {}
            Some(batch) => {
                rx.hold(batch);
                return Said::Types;
            }
        },
        // While a message is lent there is no other call, and no way to write one down.
        _ if rx.is_lent() => return Said::Types,
        _ => {}
    }
    match *words {
        ["pop", _] => one(rx.free().pop()),
        ["pop_into", _, size] => {
            let mut buf = vec![0; number(size)];
            match rx.free().pop_slice(&mut buf) {
                Err(Error::Buffer { needed }) => Said::Line(format!("BUFFER {needed}")),
                answer => one(answer.map(|len| len.map(|len| buf[..len].to_vec()))),
            }
        }
        ["pop_wait", _, ns] => one(rx.free().pop_wait(timeout(ns)).map(Some)),
        ["pop_batch", _, max] => {
            let mut batch = Batch::with_capacity(number(max), 1 << 16);
            several(rx.free().pop_batch(&mut batch), &batch)
        }
        ["pop_batch_wait", _, max, ns] => {
            let mut batch = Batch::with_capacity(number(max), 1 << 16);
            several(rx.free().pop_batch_wait(&mut batch, timeout(ns)), &batch)
        }
        ["peek", _] => {
            let peeked = rx.lend().peek();
            hold(rx, peeked.map(|message| message.map(Peeked::One)))
        }
        ["peek_wait", _, ns] => {
            let peeked = rx.lend().peek_wait(timeout(ns));
            hold(rx, peeked.map(|message| Some(Peeked::One(message))))
        }
        ["peek_batch", _, max] => {
            let peeked = rx.lend().peek_batch(number(max));
            hold(rx, peeked.map(|batch| batch.map(Peeked::Many)))
        }
        ["peek_batch_wait", _, max, ns] => {
            let peeked = rx.lend().peek_batch_wait(number(max), timeout(ns));
            hold(rx, peeked.map(|batch| Some(Peeked::Many(batch))))
        }
        _ => Said::Types,
    }
}

fn one(answer: Result<Option<Vec<u8>>>) -> Said {
    answer.and_then(|message| message.ok_or(Error::Empty)).map(|message| show(&message)).into()
}

fn several(answer: Result<usize>, batch: &Batch) -> Said {
    match answer {
        Ok(0) => Error::Empty.into(),
        Ok(_) => Ok(batch.iter().map(show).collect::<Vec<_>>().join(" ")).into(),
        Err(error) => error.into(),
    }
}

fn hold<R: Receive + 'static>(rx: &mut Rx<R>, peeked: Result<Option<Peeked<R>>>) -> Said {
    match peeked {
        Ok(None) => Error::Empty.into(),
        Ok(Some(peeked)) => {
            let text = match &peeked {
                Peeked::One(message) => show_in_place(message.view()),
                Peeked::Many(batch) => {
                    batch.iter().map(show_in_place).collect::<Vec<_>>().join(" ")
                }
            };
            rx.hold(peeked);
            Ok(text).into()
        }
        Err(error) => error.into(),
    }
}

fn release_batch<R: Receive + 'static>(rx: &mut Rx<R>, n: usize) -> Said {
    match rx.take() {
        // C leaves the batch peeked at; here it is let go unread, so that it can be looked at
        // again.
        Some(Peeked::Many(batch)) if n > batch.len() => {
            let max = batch.len();
            let error = batch.release_first(n);
            let again = rx.lend().peek_batch(max);
            let _ = hold(rx, again.map(|batch| batch.map(Peeked::Many)));
            error.into()
        }
        Some(Peeked::Many(batch)) => batch.release_first(n).into(),
        Some(message) => {
            rx.hold(message);
            Said::Types
        }
        None => Said::Types,
    }
}
