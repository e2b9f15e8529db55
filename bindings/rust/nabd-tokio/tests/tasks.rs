// SPDX-License-Identifier: MIT
//! Tasks that wait for messages and for free slots, in runtimes of one thread and of several.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use nabd::prelude::*;
use nabd::{Error, Join, Options};
use nabd_tokio::{Receiver, Sender};

struct Name(String);

impl Name {
    fn new(test: &str) -> Name {
        Name(format!("rust-tokio-{test}-{}", std::process::id()))
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let _ = nabd::unlink(&self.0);
    }
}

fn options() -> Options {
    Options::new().create(true).slots(8).slot_size(64)
}

struct Next<'a, S>(&'a mut S);

impl<S: Stream + Unpin> Future for Next<'_, S> {
    type Output = Option<S::Item>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        Pin::new(&mut *self.0).poll_next(cx)
    }
}

fn next<S: Stream + Unpin>(stream: &mut S) -> Next<'_, S> {
    Next(stream)
}

/// More messages than slots, so that both ends wait.
async fn all_arrive(test: &str) {
    let name = Name::new(test);
    let mut tx = Sender::new(options().producer(&name.0).unwrap()).unwrap();
    let mut rx = Receiver::new(options().consumer(&name.0).unwrap()).unwrap();
    assert_eq!(rx.get_mut().pop(), Ok(None));
    let sender = tokio::spawn(async move {
        for i in 0..2_000u32 {
            if i % 100 == 0 {
                tokio::task::yield_now().await;
            }
            tx.push(&i.to_le_bytes()).await.unwrap();
        }
    });
    for i in 0..2_000u32 {
        let message = match i % 3 {
            0 => rx.pop().await.unwrap(),
            1 => next(&mut rx).await.unwrap().unwrap(),
            _ => {
                rx.ready().await.unwrap();
                let message = rx.get_mut().peek().unwrap().unwrap();
                let copy = message.to_vec();
                message.release().unwrap();
                copy
            }
        };
        assert_eq!(message, i.to_le_bytes());
    }
    sender.await.unwrap();
}

#[tokio::test]
async fn all_arrive_in_one_thread() {
    all_arrive("one").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_arrive_in_several_threads() {
    all_arrive("several").await;
}

#[tokio::test]
async fn a_dropped_future_loses_nothing() {
    let name = Name::new("dropped");
    let mut tx = options().producer(&name.0).unwrap();
    let mut rx = Receiver::new(options().consumer(&name.0).unwrap()).unwrap();
    for i in 0..20u8 {
        let wait = tokio::time::timeout(Duration::from_millis(1), rx.pop());
        assert!(wait.await.is_err(), "nothing is there");
        tx.push(&[i]).unwrap();
        assert_eq!(rx.pop().await.unwrap(), [i]);
    }
}

#[tokio::test]
async fn members_and_wakers() {
    let name = Name::new("members");
    let (mut tx, queue) = options().pair(&name.0).unwrap();
    let mut member = Receiver::new(queue.join_with(1, Join::new().oldest()).unwrap()).unwrap();
    let waker = member.get_mut().waker();
    let waiting = tokio::spawn(async move {
        assert_eq!(member.pop().await.unwrap(), b"x");
        let end = next(&mut member).await;
        assert_eq!(next(&mut member).await, None, "it has ended");
        (end, member)
    });
    tokio::task::yield_now().await;
    tx.push(b"x").unwrap();
    while queue.group(1).unwrap().lag != 0 {
        tokio::task::yield_now().await;
    }
    waker.wake().unwrap();
    let (end, member) = waiting.await.unwrap();
    assert_eq!(end, Some(Err(Error::Woken)));
    assert_eq!(member.into_inner().stats().unwrap().claimed, 1);
    assert_eq!(Sender::new(tx).map(drop).unwrap_err(), Error::Role);
}

/// In a task of its own, which nothing but its descriptor wakes.
async fn woken_by(
    tx: &mut nabd::Producer,
    mut rx: Receiver<nabd::Consumer>,
) -> Receiver<nabd::Consumer> {
    let waiting = tokio::spawn(async move {
        assert_eq!(rx.pop().await.unwrap(), b"x");
        rx
    });
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    tx.push(b"x").unwrap();
    let woken = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    woken.expect("it is woken").unwrap()
}

/// What is waited for is what is there now. The descriptor of what was there is closed, and its
/// number may be that of another by now.
#[tokio::test]
async fn another_may_be_put_in_its_place() {
    let names = ["old", "new", "beside"].map(Name::new);
    let [(mut old_tx, old), (mut new_tx, new), (mut beside_tx, beside)] = [0, 1, 2].map(|i| {
        let name = &names[i].0;
        (options().producer(name).unwrap(), options().consumer(name).unwrap())
    });
    let mut rx = woken_by(&mut old_tx, Receiver::new(old).unwrap()).await;
    drop(std::mem::replace(rx.get_mut(), new));
    let beside = Receiver::new(beside).unwrap();
    let rx = woken_by(&mut new_tx, rx).await;
    drop(woken_by(&mut new_tx, rx).await);
    woken_by(&mut beside_tx, beside).await;
}

/// It is what has ended that stays so, also behind another, and not what comes in its place.
#[tokio::test]
async fn another_is_a_stream_of_its_own() {
    let names = ["ended", "follows"].map(Name::new);
    let [(mut old_tx, old), (mut new_tx, new)] =
        [0, 1].map(|i| options().pair(&names[i].0).unwrap());
    let waker = old.waker();
    let mut rx = Receiver::new(old).unwrap();
    waker.wake().unwrap();
    assert_eq!(next(&mut rx).await, Some(Err(Error::Woken)));
    old_tx.push(b"old").unwrap();
    new_tx.push(b"new").unwrap();
    assert_eq!(next(&mut rx).await, None);
    let old = std::mem::replace(rx.get_mut(), new);
    assert_eq!(next(&mut rx).await, Some(Ok(b"new".to_vec())));
    drop(std::mem::replace(rx.get_mut(), old));
    assert_eq!(next(&mut rx).await, None, "it has not been made anew");
    assert_eq!(rx.pop().await, Ok(b"old".to_vec()), "other calls know of no end");
}
