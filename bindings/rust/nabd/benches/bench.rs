// SPDX-License-Identifier: MIT
//! What a message costs in this binding: `bench MODE SIZE COUNT` prints a line of JSON, and without
//! arguments (`cargo bench`) all modes are run.
//!
//! One thread sends and receives through one queue, so that nothing but calls and copies is
//! measured; the same is written in the other languages.

use std::time::Instant;
use std::{env, process};

use nabd::prelude::*;
use nabd::{unlink, Batch, Consumer, Options, Producer, Result};

const ROUND: usize = 512;
const BATCH: usize = 64;

fn copy(tx: &mut Producer, rx: &mut Consumer, message: &[u8], buf: &mut [u8]) -> Result<u64> {
    for _ in 0..ROUND {
        tx.push(message)?;
    }
    for _ in 0..ROUND {
        rx.pop_slice(buf)?;
    }
    Ok(buf.len() as u64)
}

fn batch(tx: &mut Producer, rx: &mut Consumer, out: &Batch, into: &mut Batch) -> Result<u64> {
    for _ in 0..ROUND / BATCH {
        tx.push_batch(out)?;
    }
    for _ in 0..ROUND / BATCH {
        rx.pop_batch(into)?;
    }
    Ok(into.len() as u64)
}

fn place(tx: &mut Producer, rx: &mut Consumer, size: usize) -> Result<u64> {
    for i in 0..ROUND as u64 {
        let mut slot = tx.reserve(size)?;
        slot.put(0, i.to_ne_bytes());
        slot.commit(size)?;
    }
    let mut sum = 0;
    for _ in 0..ROUND {
        if let Some(message) = rx.peek()? {
            sum += u64::from_ne_bytes(message.array(0));
            message.release()?;
        }
    }
    Ok(sum)
}

fn place_batch(tx: &mut Producer, rx: &mut Consumer, size: usize) -> Result<u64> {
    let lens = [size as u32; BATCH];
    for i in 0..(ROUND / BATCH) as u64 {
        let mut slots = tx.reserve_batch(size, BATCH)?;
        for mut slot in slots.iter_mut() {
            slot.put(0, i.to_ne_bytes());
        }
        slots.commit(&lens)?;
    }
    let mut sum = 0;
    for _ in 0..ROUND / BATCH {
        if let Some(messages) = rx.peek_batch(BATCH)? {
            for message in messages.iter() {
                sum += u64::from_ne_bytes(message.array(0));
            }
            messages.release()?;
        }
    }
    Ok(sum)
}

fn run(mode: &str, size: usize, count: usize) -> Result<()> {
    let name = format!("bench-rust-{}", process::id());
    let (mut tx, mut rx) = Options::new().create(true).slots(1024).slot_size(size).pair(&name)?;
    unlink(&name)?;
    let message = vec![1; size];
    let mut buf = vec![0; size];
    let out: Batch = std::iter::repeat(&message).take(BATCH).collect();
    let mut into = Batch::with_capacity(BATCH, BATCH * size);
    let mut round = || match mode {
        "copy" => copy(&mut tx, &mut rx, &message, &mut buf),
        "batch" => batch(&mut tx, &mut rx, &out, &mut into),
        "place" => place(&mut tx, &mut rx, size),
        "place-batch" => place_batch(&mut tx, &mut rx, size),
        _ => usage(),
    };

    let mut sum = round()?;
    let begin = Instant::now();
    for _ in 0..count / ROUND {
        sum = sum.wrapping_add(round()?);
    }
    let ns = begin.elapsed().as_nanos() as f64 / (count / ROUND * ROUND) as f64;
    // So that it has to be computed.
    assert_ne!(sum, 0);
    println!(
        "{{\"language\": \"rust\", \"mode\": \"{mode}\", \"size\": {size}, \"count\": {count}, \
         \"ns\": {ns:.2}}}"
    );
    Ok(())
}

fn usage() -> ! {
    eprintln!("usage: bench copy|batch|place|place-batch SIZE COUNT, COUNT being 512 or more");
    process::exit(2)
}

fn main() -> Result<()> {
    // cargo bench and cargo test add options of their own.
    let args: Vec<_> = env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let number = |word: &str| word.parse().unwrap_or_else(|_| usage());
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let count = if env::args().any(|arg| arg == "--bench") { 1 << 20 } else { ROUND };
            for mode in ["copy", "batch", "place", "place-batch"] {
                run(mode, 64, count)?;
            }
            Ok(())
        }
        [mode, size, count] => match (number(size), number(count)) {
            (8.., ROUND..) => run(mode, number(size), number(count)),
            _ => usage(),
        },
        _ => usage(),
    }
}
