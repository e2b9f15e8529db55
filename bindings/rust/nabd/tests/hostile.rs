// SPDX-License-Identifier: MIT
//! A peer that scribbles over the queue's file, also into what is being read: lengths stay within
//! slots, calls answer with an error or with a message, and nothing panics.

mod common;

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use nabd::prelude::*;
use nabd::{Batch, Consumer, Error, Options, Producer};

const SLOT: usize = 64;
const NEEDLE: &[u8] = b"a message that is found in the file";

/// A folder with one queue, and the queue's file as somebody sees it who may write to it.
struct Queue {
    folder: PathBuf,
    file: File,
}

fn queue(test: &str) -> (Producer, Consumer, Queue) {
    let (name, parent) = (format!("rust-{test}-{}", std::process::id()), nabd_dir());
    let folder = parent.join(&name);
    fs::create_dir(&folder).unwrap();
    let options = Options::new().create(true).slots(8).slot_size(SLOT).dir(&folder);
    let (tx, rx) = options.pair(&name).unwrap();
    let path = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    (tx, rx, Queue { folder, file })
}

fn nabd_dir() -> PathBuf {
    std::env::var_os("NABD_DIR").map_or("/dev/shm".into(), PathBuf::from)
}

impl Queue {
    /// Where the message begins: its length is 8 bytes before.
    fn find(&self, message: &[u8]) -> u64 {
        let mut all = Vec::new();
        (&self.file).read_to_end(&mut all).unwrap();
        all.windows(message.len()).position(|window| window == message).unwrap() as u64
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn lengths_beyond_a_slot_are_refused() {
    let (mut tx, mut rx, queue) = queue("hostile-lengths");
    tx.push(NEEDLE).unwrap();
    let at = queue.find(NEEDLE);
    for len in [SLOT as u32 + 1, 4096, i32::MAX as u32, u32::MAX] {
        queue.file.write_all_at(&len.to_ne_bytes(), at - 8).unwrap();
        assert_eq!(rx.pop(), Err(Error::Corrupt));
        assert_eq!(rx.pop_slice(&mut [0; 4096]), Err(Error::Corrupt));
        assert_eq!(rx.pop_batch(&mut Batch::new()), Err(Error::Corrupt));
        assert_eq!(rx.peek().map(drop), Err(Error::Corrupt));
        assert_eq!(rx.peek_batch(4).map(drop), Err(Error::Corrupt));
    }
    queue.file.write_all_at(&(SLOT as u32).to_ne_bytes(), at - 8).unwrap();
    let message = rx.peek().unwrap().unwrap();
    // What is written from now on changes bytes, but not how many there are.
    queue.file.write_all_at(&u32::MAX.to_ne_bytes(), at - 8).unwrap();
    queue.file.write_all_at(b"A", at).unwrap();
    assert_eq!((message.len(), message.array(0)), (SLOT, *b"A"));
    assert_eq!(message.to_vec()[1..NEEDLE.len()], NEEDLE[1..]);
    message.release().unwrap();
}

/// Reads and writes all that guards lend, as if nothing were wrong.
fn use_both_ends(tx: &mut Producer, rx: &mut Consumer, batch: &mut Batch) -> usize {
    let mut read = 0;
    let _ = tx.push(NEEDLE);
    if let Ok(mut slot) = tx.reserve(SLOT) {
        slot.put(0, 7u64.to_ne_bytes());
        slot.write_at(SLOT - 3, b"end");
        let _ = slot.commit_all();
    }
    if let Ok(mut slots) = tx.reserve_batch(SLOT, 8) {
        slots.iter_mut().for_each(|mut slot| slot.put(SLOT - 8, [1; 8]));
        let lens = vec![SLOT as u32; slots.len()];
        let _ = slots.commit(&lens);
    }
    if let Ok(Some(message)) = rx.peek() {
        assert!(message.len() <= SLOT);
        assert_eq!(message.to_vec().len(), message.len());
        message.view().reader().read_to_end(&mut Vec::new()).unwrap();
        if message.len() >= 8 {
            let _: [u8; 8] = message.array(message.len() - 8);
        }
        let _ = message.release();
        read += 1;
    }
    if let Ok(Some(messages)) = rx.peek_batch(3) {
        assert!(messages.iter().all(|message| message.to_vec().len() <= SLOT));
        read += messages.len();
        let _ = messages.release();
    }
    if let Ok(Some(message)) = rx.pop() {
        assert!(message.len() <= SLOT);
        read += 1;
    }
    if rx.pop_batch(batch).is_ok() {
        assert!(batch.iter().all(|message| message.len() <= SLOT));
        read += batch.len();
    }
    read
}

#[test]
fn a_peer_may_scribble_meanwhile() {
    let mut batch = Batch::with_capacity(4, 4 * SLOT);
    let mut read = 0;
    for seed in 1..=20u64 {
        let (mut tx, mut rx, queue) = queue("hostile-scribbles");
        let size = queue.file.metadata().unwrap().len();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut chance = seed;
                for _ in 0..20_000 {
                    // xorshift64
                    chance ^= chance << 13;
                    chance ^= chance >> 7;
                    chance ^= chance << 17;
                    let junk = [0, chance, u64::MAX, chance >> 40][chance as usize % 4];
                    let at = chance / 4 % (size / 8) * 8;
                    queue.file.write_all_at(&junk.to_ne_bytes(), at).unwrap();
                }
                done.store(true, Ordering::Relaxed);
            });
            while !done.load(Ordering::Relaxed) {
                read += use_both_ends(&mut tx, &mut rx, &mut batch);
            }
        });
    }
    assert_ne!(read, 0, "nothing was read at all");
}
