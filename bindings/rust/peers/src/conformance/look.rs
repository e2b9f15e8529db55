// SPDX-License-Identifier: MIT
//! Looking, positions kept in files, diagnosis.

use std::fmt::Debug;
use std::time::Duration;

use nabd::{
    Checkpoint, Continuity, Error, Format, Latency, Look, Member, Recover, Report, Result, Resume,
};

use crate::vars::{Queue, Var, Vars};
use crate::words::{answer, fields, name};
use crate::{number, Said};

pub fn run(vars: &mut Vars, words: &[&str]) -> Said {
    match *words {
        ["strerror", n] => return Said::Line(Error::from_code(number(n)).text().into()),
        ["error_name", n] => {
            let name = Error::from_code(number(n)).name();
            return Said::Line(name.unwrap_or("none").into());
        }
        ["version"] => {
            let is_same = nabd::version() == nabd::version_made_for();
            return Ok(if is_same { "same" } else { nabd::version() }.to_string()).into();
        }
        ["diagnose", name] => return report(nabd::diagnose(name)),
        ["recover", name, flags] => {
            let how = flags.split('+').fold(Recover::new(), |how, flag| match flag {
                "do" => how.really(),
                "remove" => how.remove(),
                "discard" => how.discard(),
                _ => how,
            });
            return report(nabd::recover(name, how));
        }
        ["checkpoint_load", path, ref names @ ..] => return told(Checkpoint::load(path), names),
        ["rates", before, after, ref names @ ..] => return rates(vars, before, after, names),
        ["latency", var, handle, group, member] => {
            let part = |word| if word == "all" { None } else { Some(number(word)) };
            return match vars.look(handle) {
                Some(look) => keep(vars, var, look.latency(part(group), part(member))),
                None => Said::Types,
            };
        }
        ["latency_since", var, before, after] => {
            return match (ages(vars, before), ages(vars, after)) {
                (Some(before), Some(after)) => keep(vars, var, after.since(&before)),
                _ => Said::Types,
            };
        }
        ["latency_summary", var, ref names @ ..] => {
            return match ages(vars, var) {
                Some(ages) => signs(ages.summary(), names, |name| name.ends_with("_ns")),
                None => Said::Types,
            };
        }
        ["snapshot", var, handle] => {
            let metrics = match vars.look(handle) {
                Some(look) => look.metrics(),
                None => return Said::Types,
            };
            return match metrics {
                Ok(metrics) => {
                    vars.set(var, Var::Snapshot(metrics));
                    Ok(()).into()
                }
                Err(error) => error.into(),
            };
        }
        ["drop", handle, group] => {
            return match vars.get(handle) {
                Some(Var::Queue(Queue { tx: Some(tx), .. })) => {
                    tx.free().drop_group(number(group)).into()
                }
                Some(Var::Queue(Queue { rx: Some(rx), .. })) => {
                    rx.free().drop_group(number(group)).into()
                }
                _ => Said::Types,
            }
        }
        _ => {}
    }
    match *words {
        ["checkpoint_save" | "resume" | "checkpoint_auto" | "checkpoint_status", var, ..] => {
            match vars.get(var) {
                Some(Var::Member(rx, ..)) if words[0] == "resume" && rx.is_lent() => Said::Types,
                Some(Var::Member(rx, ..)) => position(rx.free(), words),
                _ => Said::Types,
            }
        }
        ["stats", var, ref names @ ..] => match vars.get(var) {
            Some(Var::Member(rx, ..)) => told(rx.free().stats(), names),
            Some(Var::Queue(queue)) => told(queue.look.stats(), names),
            _ => Said::Types,
        },
        [command, var, ref rest @ ..] => match vars.look(var) {
            Some(look) => at(&look, command, rest),
            None => known(command),
        },
        _ => Said::Unknown,
    }
}

fn known(command: &str) -> Said {
    const COMMANDS: [&str; 13] = [
        "drop",
        "group",
        "member",
        "metrics",
        "group_metrics",
        "member_metrics",
        "format",
        "empty",
        "full",
        "fill",
        "min_tail",
        "snapshot",
        "stats",
    ];
    if COMMANDS.contains(&command) {
        Said::Types
    } else {
        Said::Unknown
    }
}

fn at(look: &nabd::Observer, command: &str, rest: &[&str]) -> Said {
    match (command, rest) {
        ("group", [group, names @ ..]) => told(look.group(number(group)), names),
        ("member", [group, member, names @ ..]) => {
            told(look.member(number(group), number(member)), names)
        }
        ("metrics", names) => told(look.metrics(), names),
        ("group_metrics", [group, names @ ..]) => told(look.group_metrics(number(group)), names),
        ("member_metrics", [group, member, names @ ..]) => {
            told(look.member_metrics(number(group), number(member)), names)
        }
        ("format", [format]) => {
            let format = match *format {
                "text" => Format::Text,
                "json" => Format::Json,
                _ => Format::Prometheus,
            };
            let first = |text: String| text.chars().take(1).collect::<String>();
            look.metrics_text(format).map(first).into()
        }
        ("empty", []) => look.is_empty().map(|is| (is as u32).to_string()).into(),
        ("full", []) => look.is_full().map(|is| (is as u32).to_string()).into(),
        ("fill", []) => look.fill_level().map(|level| level.to_string()).into(),
        ("min_tail", []) => look.min_tail().map(|sequence| sequence.to_string()).into(),
        _ => Said::Unknown,
    }
}

fn told<T: Debug>(value: Result<T>, names: &[&str]) -> Said {
    value.map(|value| fields(&value, names)).into()
}

fn report(report: Report) -> Said {
    let text = if report.text.is_empty() { "none" } else { "some" };
    Said::Line(format!("{} {text}", answer(report.verdict.map(|()| String::new()))))
}

fn position(member: &mut Member, words: &[&str]) -> Said {
    match *words {
        ["checkpoint_save", _, path] => member.checkpoint_save(path).into(),
        ["checkpoint_auto", _, "none", ..] => member.checkpoint_auto_off().into(),
        ["checkpoint_auto", _, path, messages, ns] => {
            let ns: i64 = number(ns);
            match u64::try_from(ns) {
                Ok(ns) => {
                    let every = Duration::from_nanos(ns);
                    member.checkpoint_auto(path, number(messages), every).into()
                }
                // A Duration is not negative.
                Err(_) => Said::Types,
            }
        }
        ["checkpoint_status", _] => {
            let told = member.checkpoint_status();
            told.map(|status| {
                let error = status.error.map_or("OK".into(), name);
                format!("error={error} sequence={}", status.sequence)
            })
            .into()
        }
        ["resume", _, path, ref at @ ..] => {
            let at = match at {
                [] => Resume::Exact,
                ["oldest"] => Resume::Oldest,
                ["newest"] => Resume::Newest,
                _ => return Said::Types,
            };
            let resumed = member.resume(path, at);
            resumed
                .map(|resumed| {
                    let state = match resumed.state {
                        Continuity::Exact => 0,
                        Continuity::Gap => 1,
                        _ => 2,
                    };
                    format!("sequence={} lost={} state={state}", resumed.sequence, resumed.lost)
                })
                .into()
        }
        _ => Said::Unknown,
    }
}

fn rates(vars: &mut Vars, before: &str, after: &str, names: &[&str]) -> Said {
    let mut kept = |name| match vars.get(name) {
        Some(Var::Snapshot(metrics)) => Some(*metrics),
        _ => None,
    };
    let (before, after) = match (kept(before), kept(after)) {
        (Some(before), Some(after)) => (before, after),
        _ => return Said::Types,
    };
    signs(after.since(&before), names, |_| true)
}

/// Where the number depends on the clock: whether it is more than 0.
fn signs<T: Debug>(value: Result<T>, names: &[&str], depends: impl Fn(&str) -> bool) -> Said {
    let sign = |name: &&str| {
        let field = fields(value.as_ref().ok()?, &[name]);
        let number = field.split_once('=')?.1.parse::<f64>().ok()?;
        let sign = if number > 0.0 { "+" } else { "0" };
        Some(if depends(name) { format!("{name}={sign}") } else { field })
    };
    let all: Option<Vec<_>> = names.iter().map(sign).collect();
    value.map(|_| all.unwrap_or_default().join(" ")).into()
}

fn ages(vars: &mut Vars, name: &str) -> Option<Latency> {
    match vars.get(name) {
        Some(Var::Ages(ages)) => Some((**ages).clone()),
        _ => None,
    }
}

fn keep(vars: &mut Vars, name: &str, ages: Result<Latency>) -> Said {
    ages.map(|ages| vars.set(name, Var::Ages(Box::new(ages)))).into()
}
