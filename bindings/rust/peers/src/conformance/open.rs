// SPDX-License-Identifier: MIT
//! Opening, joining and closing.

use std::time::Duration;

use nabd::{unlink, Join, Options, Result, Verdict};

use crate::vars::{Queue, Var, Vars};
use crate::words::{mark, show};
use crate::{number, Said};

pub fn run(vars: &mut Vars, words: &[&str]) -> Said {
    match *words {
        ["open", var, name, slots, size, flags, ref keys @ ..] => {
            vars.remove(var);
            match open(name, number(slots), number(size), flags, keys) {
                Some(Ok(queue)) => {
                    vars.set(var, Var::Queue(queue));
                    Ok(()).into()
                }
                Some(Err(error)) => error.into(),
                None => Said::Types,
            }
        }
        ["join", var, handle, group, ref options @ ..] => {
            vars.remove(var);
            join(vars, var, handle, number(group), options)
        }
        ["close", var] => close(vars, var),
        ["unlink", name] => unlink(name).into(),
        _ => Said::Unknown,
    }
}

/// `None`: roles that can't be asked for together.
fn open(
    name: &str,
    slots: usize,
    size: usize,
    flags: &str,
    keys: &[&str],
) -> Option<Result<Queue>> {
    let mut options = Options::new().slots(slots).slot_size(size);
    let (mut tx, mut rx, mut observe) = (false, false, false);
    for flag in flags.split('+') {
        match flag {
            "create" => options = options.create(true),
            "excl" => options = options.exclusive(true),
            "overwrite" => options = options.overwrite(true),
            "timestamps" => options = options.timestamps(true),
            "producer" => tx = true,
            "consumer" => rx = true,
            "observe" => observe = true,
            _ => {}
        }
    }
    for key in keys {
        let (key, value) = key.split_once('=').unwrap_or((key, ""));
        options = match key {
            "mode" => options.mode(u32::from_str_radix(value, 8).unwrap_or(0)),
            "align" => options.align(number(value)),
            "dir" => options.dir(value),
            "opts" => value.split('+').fold(options, |options, flag| match flag {
                "prefault" => options.prefault(true),
                "mlock" => options.mlock(true),
                "huge_pages" => options.huge_pages(true),
                "any_owner" => options.any_owner(true),
                _ => options,
            }),
            _ => options,
        };
    }
    Some(match (tx, rx, observe) {
        (true, false, false) => options.producer(name).map(|tx| Queue::new(Some(tx), None, None)),
        (false, true, false) => options.consumer(name).map(|rx| Queue::new(None, Some(rx), None)),
        (true, true, false) => {
            options.pair(name).map(|(tx, rx)| Queue::new(Some(tx), Some(rx), None))
        }
        (false, false, true) => options.observer(name).map(|o| Queue::new(None, None, Some(o))),
        (false, false, false) => options.no_role(name).map(|o| Queue::new(None, None, Some(o))),
        _ => return None,
    })
}

fn join(vars: &mut Vars, var: &str, handle: &str, group: u32, options: &[&str]) -> Said {
    let mut join = Join::new();
    for option in options {
        let (key, value) = option.split_once('=').unwrap_or((option, ""));
        join = match key {
            "oldest" => join.oldest(),
            "newest" => join.newest(),
            "sequence" => join.at(number(value)),
            "ephemeral" => join.ephemeral(),
            "max_deliveries" => join.max_deliveries(number(value)),
            "max_stall_ms" => join.max_stall(Duration::from_millis(number(value))),
            "max_lag" => join.max_lag(number(value)),
            "dead_letter" => {
                let verdict = if value == "take" { Verdict::Taken } else { Verdict::Again };
                join.dead_letter(move |letter| {
                    let said = show(letter.message);
                    let (redelivered, times) = (letter.is_redelivered, letter.deliveries);
                    println!("= dead_letter {}", mark(said, letter.sequence, redelivered, times));
                    verdict
                })
            }
            "dead_letters" => match vars.queue(value).and_then(|queue| queue.tx.take()) {
                Some(tx) => join.dead_letters(tx.into_end()),
                // Only a producer can be given.
                None => return Said::Types,
            },
            _ => return Said::Unknown,
        };
    }
    let queue = match vars.queue(handle) {
        Some(queue) => queue,
        None => return Said::Types,
    };
    let look = queue.look.clone();
    match &mut queue.rx {
        Some(rx) => match rx.free().join_with(group, join) {
            Ok(member) => {
                vars.set(var, Var::Member(member.into(), look, None));
                Ok(()).into()
            }
            Err(error) => error.into(),
        },
        None => Said::Types,
    }
}

fn close(vars: &mut Vars, var: &str) -> Said {
    match vars.remove(var) {
        Some(Var::Queue(queue)) => match queue.close() {
            Ok(()) => Ok(()).into(),
            Err((error, queue)) => {
                vars.set(var, Var::Queue(queue));
                error.into()
            }
        },
        Some(Var::Member(member, ..)) => member.into_end().close().into(),
        _ => Said::Types,
    }
}
