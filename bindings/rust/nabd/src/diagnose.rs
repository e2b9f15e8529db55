// SPDX-License-Identifier: MIT
//! What is right or wrong with a queue, in words, and clearing up what the dead have left.

use nabd_sys as sys;

use crate::error::{check, Error, Result};
use crate::look::{lossy, text_of};
use crate::options::Options;

/// What [`diagnose`] or [`recover`] answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Of [`diagnose`]: whether it could be opened; of [`recover`]: whether it was done, or could
    /// be.
    pub verdict: Result<()>,
    /// Sentences in English, of a line each. They may change from version to version.
    pub text: String,
}

/// How [`recover`] clears up. Without [`really`](Recover::really) it only says what it would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Recover(u32);

impl Recover {
    /// Only say it: which groups of dead members would be ended.
    pub fn new() -> Recover {
        Recover(0)
    }

    /// Do it.
    pub fn really(self) -> Recover {
        Recover(self.0 | sys::NABD_RECOVER_DO)
    }

    /// Remove the queue if nobody has it open.
    pub fn remove(self) -> Recover {
        Recover(self.0 | sys::NABD_RECOVER_REMOVE)
    }

    /// With [`remove`](Recover::remove): even if messages are lost.
    pub fn discard(self) -> Recover {
        Recover(self.0 | sys::NABD_RECOVER_DISCARD)
    }
}

/// Explain what is right or wrong with the file behind a name, who has it open, which groups hold
/// the producer back. Nothing is changed, and nobody disturbed.
pub fn diagnose(name: &str) -> Report {
    Options::new().diagnose(name)
}

/// Clear up what dead processes have left, as far as nobody else does; or say what that would be.
pub fn recover(name: &str, how: Recover) -> Report {
    Options::new().recover(name, how)
}

impl Options {
    /// [`diagnose`], with this directory and these owners.
    pub fn diagnose(&self, name: &str) -> Report {
        report(self.with_c(name, |name, opts| {
            Ok(text_of(|buf, size, len| {
                // SAFETY: a string, valid options, so much room.
                unsafe { sys::nabd_diagnose(name, opts, buf, size, len) }
            }))
        }))
    }

    /// [`recover`], with this directory and these owners.
    pub fn recover(&self, name: &str, how: Recover) -> Report {
        report(self.with_c(name, |name, opts| {
            // What was done once can't be done again for a longer text: so with plenty of room.
            let mut buf = vec![0u8; ROOM];
            let (mut len, text) = (0, buf.as_mut_ptr().cast());
            // SAFETY: a string, valid options, so much room.
            let rc = unsafe { sys::nabd_recover(name, opts, how.0, text, ROOM, &mut len) };
            let verdict = match check(rc) {
                // It was done, and the text is cut off.
                Ok(_) | Err(Error::Buffer { .. }) => Ok(()),
                Err(error) => Err(error),
            };
            buf.truncate(len.min(ROOM - 1));
            Ok((verdict, lossy(buf)))
        }))
    }
}

/// Bytes for the text of one queue: 16 groups of 16 members, and a line for each.
const ROOM: usize = 1 << 17;

fn report(answer: Result<(Result<()>, String)>) -> Report {
    let (verdict, text) = answer.unwrap_or_else(|error| (Err(error), String::new()));
    Report { verdict, text }
}
