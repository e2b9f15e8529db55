// SPDX-License-Identifier: MIT
//! The words of a case file: messages, fields and answers.

use nabd::{Error, Result, View};

/// A message as a case writes it.
pub fn data(word: &str) -> Vec<u8> {
    if word == "-" {
        return Vec::new();
    }
    match word.split_once('*') {
        Some((n, byte)) if byte.len() == 1 && n.parse::<usize>().is_ok() => {
            vec![byte.as_bytes()[0]; n.parse().unwrap_or(0)]
        }
        _ => word.as_bytes().to_vec(),
    }
}

pub fn list(word: &str) -> Vec<Vec<u8>> {
    if word == "none" {
        return Vec::new();
    }
    word.split(',').map(data).collect()
}

/// A message as an answer writes it.
pub fn show(message: &[u8]) -> String {
    match message {
        [] => "-".into(),
        [first, ..] if message.len() > 16 => {
            if message.iter().all(|byte| byte == first) {
                format!("{}*{}", message.len(), *first as char)
            } else {
                format!("{} bytes", message.len())
            }
        }
        _ => String::from_utf8_lossy(message).into_owned(),
    }
}

/// A message in place.
pub fn show_in_place(message: View<'_>) -> String {
    let said = show(&message.to_vec());
    mark(said, message.sequence(), message.is_redelivered(), message.deliveries())
}

pub fn mark(said: String, sequence: u64, is_redelivered: bool, deliveries: u32) -> String {
    let again = if is_redelivered { "!" } else { "" };
    let times = if deliveries > 1 { format!("x{deliveries}") } else { String::new() };
    format!("{said}@{sequence}{again}{times}")
}

pub fn name(error: Error) -> String {
    error.name().map_or_else(|| error.code().to_string(), |name| name["NABD_".len()..].into())
}

/// What a command answers: a name and values.
pub fn answer(result: Result<String>) -> String {
    match result {
        Ok(values) if values.is_empty() => "OK".into(),
        Ok(values) => format!("OK {values}"),
        Err(error) => name(error),
    }
}

/// The fields that are asked for, out of how the struct prints itself.
pub fn fields<T: std::fmt::Debug>(value: &T, names: &[&str]) -> String {
    let all = format!("{value:?}").replace('{', "{,").replace('}', ",}");
    let one = |name: &&str| {
        let begin = format!(", {name}: ");
        let from = all.find(&begin).unwrap_or_else(|| panic!("no field {name} in {all}"));
        let rest = &all[from + begin.len()..];
        format!("{name}={}", rest[..rest.find(',').unwrap_or(rest.len())].trim())
    };
    names.iter().map(one).collect::<Vec<_>>().join(" ")
}
