// SPDX-License-Identifier: MIT
//! A queue's name that is gone when the test ends, however it ends.
#![allow(dead_code)]

use nabd::{Consumer, Options, Producer};

pub struct Name(String);

impl Name {
    pub fn new(test: &str) -> Name {
        Name(format!("rust-{test}-{}", std::process::id()))
    }
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let _ = nabd::unlink(&self.0);
    }
}

/// Both ends of a new queue of so many slots of 64 bytes.
pub fn pair(test: &str, slots: usize) -> (Producer, Consumer, Name) {
    let name = Name::new(test);
    let options = Options::new().create(true).exclusive(true).slots(slots).slot_size(64);
    let (tx, rx) = options.pair(&name).unwrap();
    (tx, rx, name)
}
