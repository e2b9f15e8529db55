// SPDX-License-Identifier: MIT
//! Threads that share the messages of a group, one of which can't handle a message: `workers NAME`.

use std::env;
use std::thread;
use std::time::Duration;

use nabd::prelude::*;
use nabd::{Error, Join, Options, Verdict};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = env::args().nth(1).ok_or("usage: workers NAME")?;
    let (mut tx, rx) = Options::new().create(true).slots(64).slot_size(64).pair(&name)?;
    let workers: Vec<_> = (0..2)
        .map(|_| {
            let join = Join::new().oldest().max_deliveries(3).dead_letter(|letter| {
                println!("given up: {}", String::from_utf8_lossy(letter.message));
                Verdict::Taken
            });
            let mut worker = rx.join_with(1, join)?;
            Ok(thread::spawn(move || loop {
                let message = match worker.peek_wait(Duration::from_millis(200)) {
                    Ok(message) => message,
                    Err(Error::Timeout) => return Ok(()),
                    Err(error) => return Err(error),
                };
                if message.to_vec() == b"job 3" {
                    message.nack()?;
                } else {
                    println!("done: {}", String::from_utf8_lossy(&message.to_vec()));
                    message.release()?;
                }
            }))
        })
        .collect::<nabd::Result<_>>()?;
    for i in 0..6 {
        tx.push_wait(format!("job {i}").as_bytes(), Duration::from_secs(1))?;
    }
    for worker in workers {
        worker.join().map_err(|_| "a worker has panicked")??;
    }
    nabd::unlink(&name)?;
    Ok(())
}
