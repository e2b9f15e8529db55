// SPDX-License-Identifier: MIT
//! Runs a case file of ../../../conformance through this binding: see the README there.
//!
//! What a case says in C, but Rust's types forbid, is answered `TYPES`.

mod look;
mod open;
mod receive;
mod send;
mod vars;
mod wait;
mod words;

use std::io::{self, Write};
use std::process::exit;
use std::{env, fs};

use nabd::Error;

use vars::Vars;

/// What a command comes to.
pub enum Said {
    /// A name and its values.
    Answer(nabd::Result<String>),
    /// The line as it is.
    Line(String),
    /// What the types forbid.
    Types,
    /// What this runner does not understand.
    Unknown,
}

impl From<nabd::Result<String>> for Said {
    fn from(result: nabd::Result<String>) -> Said {
        Said::Answer(result)
    }
}

impl From<nabd::Result<()>> for Said {
    fn from(result: nabd::Result<()>) -> Said {
        Said::Answer(result.map(|()| String::new()))
    }
}

impl From<Error> for Said {
    fn from(error: Error) -> Said {
        Said::Answer(Err(error))
    }
}

/// Number of a word, where one must stand.
pub fn number<T: std::str::FromStr>(word: &str) -> T {
    word.parse().unwrap_or_else(|_| {
        eprintln!("not a number: {word}");
        exit(2)
    })
}

fn run(vars: &mut Vars, words: &[&str]) -> Said {
    for part in [open::run, send::run, receive::run, wait::run, look::run] {
        match part(vars, words) {
            Said::Unknown => {}
            said => return said,
        }
    }
    Said::Unknown
}

fn main() {
    let path = env::args().nth(1).unwrap_or_else(|| {
        eprintln!("usage: conformance-rust CASEFILE");
        exit(2)
    });
    let case = fs::read_to_string(&path).unwrap_or_else(|error| {
        eprintln!("{path}: {error}");
        exit(2)
    });
    let mut vars = Vars::default();
    for line in case.lines() {
        if line.starts_with('=') {
            continue;
        }
        println!("{line}");
        let command = line.strip_prefix("? ").unwrap_or(line);
        if command.is_empty() || command.starts_with('#') {
            continue;
        }
        let words: Vec<_> = command.split(' ').collect();
        match run(&mut vars, &words) {
            Said::Answer(answer) => println!("= {}", words::answer(answer)),
            Said::Line(line) => println!("= {line}"),
            Said::Types => println!("= TYPES"),
            Said::Unknown => {
                let _ = io::stdout().flush();
                eprintln!("{path}: not understood: {line}");
                exit(2);
            }
        }
    }
    vars.close_all();
}
