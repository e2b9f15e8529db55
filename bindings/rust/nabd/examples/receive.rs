// SPDX-License-Identifier: MIT
//! Prints what comes, until the sender has ended: `receive NAME`.

use std::env;

use nabd::prelude::*;
use nabd::{Error, Options, Wait, FOREVER};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = env::args().nth(1).ok_or("usage: receive NAME")?;
    let wait = Wait::BALANCED.end_without_producer();
    let mut rx = Options::new().wait(wait).consumer(&name)?;
    loop {
        match rx.peek_wait(FOREVER) {
            Ok(message) => {
                println!("{}", String::from_utf8_lossy(&message.to_vec()));
                // Only now is it done: had we died before, the next reader would get it.
                message.release()?;
            }
            Err(Error::NoProducer) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
