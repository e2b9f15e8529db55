// SPDX-License-Identifier: MIT
//! Sends a greeting each 10 ms, and tells when its readers are behind: `send NAME [COUNT]`.

use std::env;
use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

use nabd::prelude::*;
use nabd::{Options, Pressure};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = env::args().skip(1);
    let name = args.next().ok_or("usage: send NAME [COUNT]")?;
    let count: u64 = args.next().map_or(Ok(100), |count| count.parse())?;

    let mut tx = Options::new().create(true).slots(64).slot_size(256).producer(&name)?;
    tx.set_backpressure(
        Pressure::default()
            .on_high(|queue| eprintln!("the readers are behind: {:?} %", queue.fill_level()))
            .on_low(|_| eprintln!("they have caught up")),
    )?;
    for i in 0..count {
        let mut slot = tx.reserve_wait(256, Duration::from_secs(10))?;
        write!(slot, "greeting {i}")?;
        slot.commit_written()?;
        sleep(Duration::from_millis(10));
    }
    Ok(())
}
