// SPDX-License-Identifier: MIT
//! Waits: how, who ends them, descriptors, several at once.

use nabd::{wait_any_of, Ready, Receive, Result, Wait, Waitable};

use crate::send::{backoff, timeout};
use crate::vars::{Queue, Rx, Var, Vars};
use crate::words::name;
use crate::Said;

extern "C" {
    fn poll(fds: *mut PollFd, n: std::os::raw::c_ulong, timeout: i32) -> i32;
}

#[repr(C)]
struct PollFd {
    fd: i32,
    events: i16,
    revents: i16,
}

pub fn run(vars: &mut Vars, words: &[&str]) -> Said {
    match *words {
        ["set_wait", var, kind, ref flags @ ..] => {
            let mut wait = match kind {
                "latency" => Wait::LATENCY,
                "power" => Wait::POWER,
                _ => Wait::BALANCED,
            };
            for flag in flags {
                wait = match *flag {
                    "unlink" => wait.end_when_unlinked(),
                    _ => wait.end_without_producer(),
                };
            }
            set_wait(vars, var, &wait)
        }
        ["wake", var] => match vars.get(var) {
            Some(Var::Queue(Queue { tx: Some(tx), .. })) => tx.free().waker().wake().into(),
            Some(Var::Queue(Queue { rx: Some(rx), .. })) => rx.free().waker().wake().into(),
            Some(Var::Member(rx, ..)) => rx.free().waker().wake().into(),
            _ => Said::Types,
        },
        ["fd", var] => match with(vars, var, |item| item.fd()) {
            Some(Ok(fd)) => {
                match vars.get(var) {
                    Some(Var::Queue(queue)) => queue.fd = Some(fd),
                    Some(Var::Member(_, _, kept)) => *kept = Some(fd),
                    _ => {}
                }
                Ok(()).into()
            }
            Some(Err(error)) => error.into(),
            None => Said::Types,
        },
        ["arm", var] => match with(vars, var, |item| item.arm()) {
            Some(answer) => answer.map(|is| (is as u32).to_string()).into(),
            None => Said::Types,
        },
        ["readable", var] => match vars.get(var) {
            Some(Var::Queue(Queue { fd: Some(fd), .. })) => readable(*fd),
            Some(Var::Member(_, _, Some(fd))) => readable(*fd),
            _ => Said::Types,
        },
        ["wait_any", ns, ref names @ ..] => wait_any(vars, ns, names),
        ["backoff", retries] => match backoff(retries).begin() {
            Ok(mut tries) => {
                let mut n = 0;
                loop {
                    match tries.wait() {
                        Ok(()) => n += 1,
                        Err(error) => return Said::Line(format!("{} {n}", name(error))),
                    }
                }
            }
            Err(error) => Said::Line(format!("{} 0", name(error))),
        },
        _ => Said::Unknown,
    }
}

fn set_wait(vars: &mut Vars, var: &str, wait: &Wait) -> Said {
    match vars.get(var) {
        Some(Var::Queue(Queue { tx: Some(tx), rx: Some(rx), .. })) => {
            tx.free().set_wait_pair(rx.free(), wait).into()
        }
        Some(Var::Queue(Queue { tx: Some(tx), .. })) => tx.free().set_wait(wait).into(),
        Some(Var::Queue(Queue { rx: Some(rx), .. })) => rx.free().set_wait(wait).into(),
        Some(Var::Member(rx, ..)) => rx.free().set_wait(wait).into(),
        _ => Said::Types,
    }
}

/// What is peeked at or reserved can't be waited for: there the types say no.
fn free<R: Receive + 'static>(rx: &mut Rx<R>) -> Option<&mut dyn Waitable> {
    if rx.is_lent() {
        return None;
    }
    Some(rx.free())
}

fn item(var: &mut Var) -> Option<&mut dyn Waitable> {
    match var {
        Var::Queue(Queue { rx: Some(rx), .. }) => free(rx),
        Var::Queue(Queue { tx: Some(tx), .. }) if !tx.is_lent() => Some(tx.free()),
        Var::Member(rx, ..) => free(rx),
        _ => None,
    }
}

fn with<T>(
    vars: &mut Vars,
    var: &str,
    f: impl FnOnce(&mut dyn Waitable) -> Result<T>,
) -> Option<Result<T>> {
    vars.get(var).and_then(item).map(f)
}

fn readable(fd: i32) -> Said {
    let mut fd = PollFd { fd, events: 1, revents: 0 };
    // SAFETY: one struct of poll(2).
    let n = unsafe { poll(&mut fd, 1, 0) };
    Ok((n == 1 && fd.revents & 1 != 0) as u32).map(|n| n.to_string()).into()
}

fn wait_any(vars: &mut Vars, ns: &str, names: &[&str]) -> Said {
    let mut taken: Vec<_> = names.iter().map(|name| vars.take(name)).collect();
    let said = {
        let items: Option<Vec<_>> =
            taken.iter_mut().map(|var| var.as_mut().and_then(item)).collect();
        match items.map(|mut items| wait_any_of(&mut items, timeout(ns))) {
            Some(answer) => answer.map(|ready| show(names, &ready)).into(),
            None => Said::Types,
        }
    };
    for (name, var) in names.iter().zip(taken) {
        if let Some(var) = var {
            vars.put(name, var);
        }
    }
    said
}

fn show(names: &[&str], ready: &[Ready]) -> String {
    let one = |(var, ready): (&&str, &Ready)| match ready {
        Ok(is) => format!("{var}:{}", *is as u32),
        Err(error) => format!("{var}:{}", name(*error)),
    };
    names.iter().zip(ready).map(one).collect::<Vec<_>>().join(" ")
}
