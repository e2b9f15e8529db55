// SPDX-License-Identifier: MIT
//! Sends to, receives from and shares with peers in other languages: see
//! ../../conformance/README.md.

use std::io::{self, Write};
use std::process::exit;
use std::time::Duration;
use std::{env, thread};

use nabd::{Join, Options, Receive, FOREVER};

/// No wait of the two ends is longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The CRC-32 of zlib.
struct Crc {
    table: [u32; 256],
}

impl Crc {
    fn new() -> Crc {
        let mut table = [0; 256];
        for (i, entry) in table.iter_mut().enumerate() {
            *entry = (0..8).fold(i as u32, |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)));
        }
        Crc { table }
    }

    /// `crc` of what came before (0 for nothing), and of `bytes`.
    fn more(&self, crc: u32, bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!crc, |crc, byte| (crc >> 8) ^ self.table[((crc as u8) ^ byte) as usize])
    }
}

/// Message after message, as all languages make them.
struct Messages {
    state: u64,
    next: u64,
    crc: Crc,
    /// Of all payloads.
    sum: u32,
    bytes: Vec<u8>,
}

impl Messages {
    fn new(seed: u64) -> Messages {
        Messages { state: seed, next: 0, crc: Crc::new(), sum: 0, bytes: Vec::new() }
    }

    /// splitmix64
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn make(&mut self) -> &[u8] {
        let len = 12 + (self.random() % 1013) as usize;
        let word = self.random().to_le_bytes();
        self.bytes.clear();
        self.bytes.extend_from_slice(&self.next.to_le_bytes());
        self.bytes.extend_from_slice(&[0; 4]);
        self.bytes.extend(word.iter().cycle().take(len - 12));
        let crc = self.crc.more(0, &self.bytes[12..]);
        self.bytes[8..12].copy_from_slice(&crc.to_le_bytes());
        self.sum = self.crc.more(self.sum, &self.bytes[12..]);
        self.next += 1;
        &self.bytes
    }

    fn end(&self) {
        println!("{} {:08x}", self.next, self.sum);
    }
}

fn options() -> Options {
    Options::new().create(true).slots(64).slot_size(1024)
}

fn send(name: &str, count: u64, seed: u64) -> nabd::Result<()> {
    let mut tx = options().producer(name)?;
    let mut messages = Messages::new(seed);
    for i in 0..count {
        let message = messages.make();
        if i % 2 == 0 {
            tx.push_wait(message, PATIENCE)?;
        } else {
            let mut slot = tx.reserve_wait(message.len(), PATIENCE)?;
            slot.write_at(0, message);
            slot.commit_all()?;
        }
    }
    messages.end();
    Ok(())
}

fn receive(name: &str, count: u64, seed: u64) -> nabd::Result<()> {
    let mut rx = options().consumer(name)?;
    let mut messages = Messages::new(seed);
    let mut got = Vec::new();
    for i in 0..count {
        if i % 2 == 0 {
            rx.pop_into_wait(&mut got, PATIENCE)?;
        } else {
            let message = rx.peek_wait(PATIENCE)?;
            got.clear();
            message.view().append_to(&mut got);
            message.release()?;
        }
        if got != messages.make() {
            eprintln!("message {i} is not what was sent");
            exit(1);
        }
    }
    messages.end();
    Ok(())
}

fn member(name: &str, group: u32, count: u64, hold: bool) -> nabd::Result<()> {
    let queue = options().consumer(name)?;
    let mut rx = queue.join_with(group, Join::new().oldest())?;
    let mut out = io::stdout();
    let mut say = |text: &str| {
        if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
            exit(1);
        }
    };
    let crc = Crc::new();
    say("joined");
    for _ in 0..count {
        let message = rx.peek_wait(FOREVER)?;
        let bytes = message.to_vec();
        let i = u64::from_le_bytes(message.array(0));
        if crc.more(0, &bytes[12..]) != u32::from_le_bytes(message.array(8)) {
            eprintln!("message {i} is damaged");
            exit(1);
        }
        let redelivered = if message.view().is_redelivered() { " redelivered" } else { "" };
        say(&format!("{i}{redelivered}"));
        message.release()?;
    }
    if hold {
        let message = rx.peek_wait(FOREVER)?;
        say(&format!("holding {}", u64::from_le_bytes(message.array(0))));
        loop {
            thread::sleep(Duration::from_secs(1000));
        }
    }
    Ok(())
}

fn main() {
    let args: Vec<_> = env::args().skip(1).collect();
    let words: Vec<_> = args.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().unwrap_or_else(|_| usage());
    let answer = match *words {
        ["send", name, count, seed] => send(name, number(count), number(seed)),
        ["receive", name, count, seed] => receive(name, number(count), number(seed)),
        ["member", name, group, count] => member(name, number(group) as u32, number(count), false),
        ["member", name, group, count, "hold"] => {
            member(name, number(group) as u32, number(count), true)
        }
        _ => usage(),
    };
    if let Err(error) = answer {
        eprintln!("peer-rust: {error}");
        exit(1);
    }
}

fn usage() -> ! {
    eprintln!("usage: peer-rust send|receive NAME COUNT SEED, member NAME GROUP COUNT [hold]");
    exit(2)
}
