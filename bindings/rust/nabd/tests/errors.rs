// SPDX-License-Identifier: MIT
//! Each error that can be provoked through the safe calls is the one that C answers.

mod common;

use std::fs;
use std::os::unix::fs::{symlink, PermissionsExt};
use std::path::PathBuf;
use std::time::Duration;

use common::{pair, Name};
use nabd::prelude::*;
use nabd::{Backoff, Batch, Checkpoint, Consumer, Error, Join, Options, Pressure, Resume, Wait};

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("nabd-rust-{test}-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn opening() {
    let folder = Folder::new("opening");
    let (dir, options) = (&folder.0, Options::new().dir(&folder.0).slots(4).slot_size(64));
    let creating = options.clone().create(true);
    let open = |options: &Options, name: &str| options.consumer(name).map(drop).unwrap_err();

    assert_eq!(open(&options, "nothere"), Error::NotFound);
    assert_eq!(open(&options, "-bad"), Error::Name);
    assert_eq!(open(&options, "nul\0"), Error::Name);
    assert_eq!(open(&options.clone().dir("/nul\0"), "q"), Error::Invalid);
    assert_eq!(open(&creating.clone().mode(0o7777), "q"), Error::Invalid);
    assert_eq!(open(&creating.clone().align(3), "q"), Error::Invalid);
    assert_eq!(open(&creating.clone().slots(1 << 31), "q"), Error::Range);

    let tx = creating.producer("q").unwrap();
    assert_eq!(creating.producer("q").map(drop).unwrap_err(), Error::Busy);
    assert_eq!(open(&creating.clone().exclusive(true), "q"), Error::Exists);
    assert_eq!(open(&options.clone().slots(64), "q"), Error::Geometry);
    assert_eq!(open(&options.clone().overwrite(true), "q"), Error::Geometry);
    assert_eq!(creating.observer("q").map(drop).unwrap_err(), Error::Invalid);
    tx.close().map_err(Error::from).unwrap();

    fs::write(dir.join("text"), [b'x'; 8192]).unwrap();
    assert_eq!(open(&options, "text"), Error::NotQueue);
    assert_eq!(options.unlink("text"), Err(Error::NotQueue));
    symlink(dir.join("q"), dir.join("link")).unwrap();
    assert_eq!(open(&options, "link"), Error::Unsafe);
    let whole = fs::read(dir.join("q")).unwrap();
    let damaged = |name: &str, bytes: &[u8]| {
        fs::write(dir.join(name), bytes).unwrap();
        fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        open(&options, name)
    };
    assert_eq!(damaged("short", &whole[..whole.len() - 4096]), Error::Truncated);
    let answer = damaged("flipped", &{
        let mut bytes = whole;
        bytes[24] ^= 0xFF;
        bytes
    });
    assert!(matches!(answer, Error::Corrupt | Error::Format), "{answer:?}");
    assert_eq!(nabd::list(Some(dir)).unwrap(), ["q"]);
    assert_eq!(options.unlink("q"), Ok(()));
    assert_eq!(options.unlink("q"), Err(Error::NotFound));
}

#[test]
fn sending() {
    let (mut tx, mut rx, _name) = pair("sending", 2);
    let now = Duration::ZERO;
    // Without a reader it fills once, too.
    assert_eq!(rx.pop(), Ok(None));
    assert_eq!(tx.push(&[0; 65]), Err(Error::TooBig));
    assert_eq!(tx.reserve(65).map(drop), Err(Error::TooBig));
    assert_eq!(tx.push_batch(&Batch::new()), Err(Error::Invalid));
    tx.push(b"a").unwrap();
    tx.push(b"b").unwrap();
    assert_eq!(tx.push(b"c"), Err(Error::Full));
    assert_eq!(tx.reserve(1).map(drop), Err(Error::Full));
    assert_eq!(tx.reserve_batch(1, 2).map(drop), Err(Error::Full));
    assert_eq!(tx.push_wait(b"c", now), Err(Error::Timeout));
    assert_eq!(tx.reserve_wait(1, now).map(drop), Err(Error::Timeout));
    assert_eq!(tx.reserve_batch_wait(1, 2, now).map(drop), Err(Error::Timeout));
    let once = Backoff::new().retries(1).delays(Duration::from_nanos(1), Duration::from_nanos(1));
    assert_eq!(tx.push_backoff(b"c", &once), Err(Error::Full));
    let bad = Backoff::new().delays(Duration::ZERO, Duration::ZERO);
    assert_eq!(tx.push_backoff(b"c", &bad), Err(Error::Invalid));
    assert_eq!(bad.begin().map(drop), Err(Error::Invalid));

    assert_eq!(rx.pop().unwrap().unwrap(), b"a");
    let batch: Batch = ["x", "y", "z"].iter().collect();
    let partly = tx.push_batch_wait(&batch, now).unwrap_err();
    assert_eq!((partly.error, partly.sent), (Error::Timeout, 1));
    assert_eq!(Error::from(partly), Error::Timeout);

    assert_eq!(tx.set_backpressure(Pressure::new(10, 20)), Err(Error::Invalid));
    assert_eq!(tx.set_wait(&Wait::POWER), Err(Error::State));
    assert_eq!(tx.fd(), Err(Error::Role));
    assert_eq!(tx.arm(), Err(Error::Role));
    assert_eq!(tx.drop_group(1), Err(Error::NotFound));
    assert_eq!(tx.drop_group(0), Err(Error::Invalid));
}

#[test]
fn receiving() {
    let (mut tx, mut rx, name) = pair("receiving", 4);
    let now = Duration::ZERO;
    assert_eq!(rx.pop(), Ok(None));
    assert!(rx.peek().unwrap().is_none());
    assert!(rx.peek_batch(3).unwrap().is_none());
    assert_eq!(rx.peek_batch(0).map(drop), Err(Error::Invalid));
    assert_eq!(rx.pop_wait(now), Err(Error::Timeout));
    assert_eq!(rx.peek_wait(now).map(drop), Err(Error::Timeout));
    assert_eq!(rx.peek_batch_wait(3, now).map(drop), Err(Error::Timeout));
    assert_eq!(rx.pop_batch_wait(&mut Batch::new(), now), Err(Error::Timeout));
    tx.push(&[7; 20]).unwrap();
    assert_eq!(rx.pop_slice(&mut [0; 19]), Err(Error::Buffer { needed: 20 }));
    assert_eq!(rx.pop_slice(&mut [0; 20]), Ok(Some(20)));
    rx.waker().wake().unwrap();
    assert_eq!(rx.pop_wait(nabd::FOREVER), Err(Error::Woken));

    let mut other = Consumer::open(&name).unwrap();
    assert_eq!(other.pop(), Err(Error::Busy));
    assert_eq!(other.join(17).map(drop), Err(Error::Invalid));
    let wait = Wait::POWER.end_when_unlinked().end_without_producer();
    let mut reader = Options::new().wait(wait).consumer(&name).unwrap().join(1).unwrap();
    drop((tx, rx));
    assert_eq!(reader.pop_wait(nabd::FOREVER), Err(Error::NoProducer));
    nabd::unlink(&name).unwrap();
    assert_eq!(reader.pop_wait(nabd::FOREVER), Err(Error::Unlinked));
}

#[test]
fn overwriting() {
    let name = Name::new("overwriting");
    let options = Options::new().create(true).overwrite(true).slots(4).slot_size(64);
    let (mut tx, mut rx) = options.pair(&name).unwrap();
    assert_eq!(rx.pop(), Ok(None));
    for i in 0..10u8 {
        tx.push(&[i]).unwrap();
    }
    assert_eq!(rx.pop(), Err(Error::Lapped));
    let lost = rx.lost().unwrap();
    assert!(lost.gap >= 6 && lost.gap == lost.total, "{lost:?}");
    assert_eq!(rx.pop().unwrap().unwrap(), [lost.gap as u8]);
    let message = rx.peek().unwrap().unwrap();
    for i in 0..10u8 {
        tx.push(&[i]).unwrap();
    }
    assert_eq!(message.release(), Err(Error::Lapped));
    // Here honest peers write to what is read: there is no trust, and no backpressure.
    // SAFETY: it is refused.
    assert_eq!(unsafe { rx.trust() }.map(drop), Err(Error::Invalid));
    assert_eq!(tx.set_backpressure(Pressure::default()), Err(Error::Invalid));
    // The iterator goes on behind a gap.
    for i in 0..10u8 {
        tx.push(&[i]).unwrap();
    }
    let all: Vec<_> = rx.try_iter().collect();
    assert_eq!(all[0], Err(Error::Lapped));
    assert!(all.len() > 1 && all[1..].iter().all(Result::is_ok), "{all:?}");
}

#[test]
fn members_and_positions() {
    let folder = Folder::new("positions");
    let path = folder.0.join("position");
    let (mut tx, rx, _name) = pair("members", 8);
    let mut a = rx.join_with(1, Join::new().oldest()).unwrap();
    assert_eq!(a.checkpoint_status().unwrap_err(), Error::NotFound);
    assert_eq!(a.checkpoint_save(folder.0.join("no/where")), Err(Error::NotFound));
    assert_eq!(a.checkpoint_save("nul\0"), Err(Error::Invalid));
    assert_eq!(a.checkpoint_auto(&path, 0, Duration::ZERO), Err(Error::Invalid));
    assert_eq!(a.resume(&path, Resume::Exact).unwrap_err(), Error::NotFound);
    a.checkpoint_auto(&path, 1, Duration::ZERO).unwrap();
    tx.push(b"x").unwrap();
    assert_eq!(a.pop().unwrap().unwrap(), b"x");
    a.checkpoint_save(&path).unwrap();
    assert_eq!(a.checkpoint_status().unwrap().sequence, 1);
    a.checkpoint_auto_off().unwrap();
    let saved = Checkpoint::load(&path).unwrap();
    assert_eq!((saved.group, saved.sequence), (1, 1));
    assert_eq!(saved.incarnation, rx.stats().unwrap().incarnation);

    let mut b = rx.join(2).unwrap();
    assert_eq!(b.resume(&path, Resume::Exact).unwrap_err(), Error::Foreign);
    fs::write(folder.0.join("text"), [b'x'; 4096]).unwrap();
    let text = folder.0.join("text");
    assert_eq!(Checkpoint::load(text).unwrap_err(), Error::NotCheckpoint);

    let both = Join::new().oldest().newest();
    assert_eq!(rx.join_with(3, both).map(drop).unwrap_err(), Error::Invalid);
    rx.drop_group(2).unwrap();
    assert_eq!(b.pop(), Err(Error::Dropped));
    let mut lagging = rx.join_with(4, Join::new().max_lag(2)).unwrap();
    // SAFETY: it is refused, as what is lent could be written to after an eviction.
    assert_eq!(unsafe { lagging.trust() }.map(drop), Err(Error::Invalid));
    for _ in 0..3 {
        for _ in 0..8 {
            tx.push(b"y").unwrap();
        }
        a.seek(u64::MAX).unwrap();
    }
    let _ = tx.push(b"z");
    assert_eq!(lagging.pop(), Err(Error::Evicted));
    assert!(lagging.stats().unwrap().lost > 0);
    let refused = rx.close().unwrap_err();
    assert_eq!(refused.error, Error::State);
}

#[test]
fn what_is_closed_says_so() {
    let (tx, rx, _name) = pair("closed", 4);
    let (observer, waker) = (tx.observer(), rx.waker());
    assert!(observer.stats().is_ok() && waker.wake().is_ok());
    let member = rx.join(1).unwrap();
    let woken = member.waker();
    member.close().unwrap();
    assert_eq!(woken.wake(), Err(Error::Invalid));
    drop(tx);
    assert!(observer.stats().is_ok());
    drop(rx);
    assert_eq!(observer.stats().unwrap_err(), Error::Invalid);
    assert_eq!(waker.wake(), Err(Error::Invalid));
}
