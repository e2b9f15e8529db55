// SPDX-License-Identifier: MIT
//! What the names of a case stand for, with the guards that are held from one line to the next.

use std::collections::HashMap;

use nabd::{
    Consumer, Latency, Member, Message, MessageBatch, Metrics, Observer, Producer, Receive,
    Refused, Reservation, Reservations,
};

/// A boxed end and the guard that it has lent. The lifetime of the guard is not that of a scope but
/// of this struct, which Rust can't say: so `'static` is written, and `guard` is gone before `end`.
pub struct Lent<T, G> {
    guard: Option<G>,
    /// Whether a message was let go unreleased, which in C would be peeked at still.
    pub is_peeked: bool,
    end: *mut T,
}

impl<T, G> Lent<T, G> {
    fn new(end: T) -> Self {
        Lent { guard: None, is_peeked: false, end: Box::into_raw(Box::new(end)) }
    }

    /// The end, without a guard in force.
    pub fn free(&mut self) -> &mut T {
        self.is_peeked |= self.guard.take().is_some();
        // SAFETY: it came from a Box, and no guard borrows it.
        unsafe { &mut *self.end }
    }

    /// The end, to lend a guard that is given to `hold`.
    pub fn lend(&mut self) -> &'static mut T {
        self.guard = None;
        // SAFETY: as for free(); what is lent ends before `end` does.
        unsafe { &mut *self.end }
    }

    pub fn hold(&mut self, guard: G) {
        self.guard = Some(guard);
    }

    pub fn is_lent(&self) -> bool {
        self.guard.is_some()
    }

    pub fn take(&mut self) -> Option<G> {
        self.guard.take()
    }

    pub fn into_end(mut self) -> T {
        self.guard = None;
        let end = std::mem::replace(&mut self.end, std::ptr::null_mut());
        // SAFETY: it came from a Box, and no guard borrows it.
        unsafe { *Box::from_raw(end) }
    }
}

impl<T, G> Drop for Lent<T, G> {
    fn drop(&mut self) {
        self.guard = None;
        if !self.end.is_null() {
            // SAFETY: it came from a Box, and no guard borrows it.
            drop(unsafe { Box::from_raw(self.end) });
        }
    }
}

pub enum Slot {
    One(Reservation<'static>),
    Many(Reservations<'static>),
}

pub enum Peeked<R: Receive + 'static> {
    One(Message<'static, R>),
    Many(MessageBatch<'static, R>),
}

pub type Tx = Lent<Producer, Slot>;
pub type Rx<R> = Lent<R, Peeked<R>>;

/// A handle: one end, both, or none.
pub struct Queue {
    pub tx: Option<Tx>,
    pub rx: Option<Rx<Consumer>>,
    pub look: Observer,
    /// Whether the sending end was given to a member for its dead letters.
    pub fd: Option<i32>,
}

pub enum Var {
    Queue(Queue),
    Member(Rx<Member>, Observer, Option<i32>),
    Snapshot(Metrics),
    Ages(Box<Latency>),
}

#[derive(Default)]
pub struct Vars {
    map: HashMap<String, Var>,
    /// In the order in which they were opened; the last is closed first.
    order: Vec<String>,
}

impl Queue {
    pub fn new(tx: Option<Producer>, rx: Option<Consumer>, own: Option<Observer>) -> Queue {
        let look = match (&tx, &rx, own) {
            (Some(tx), _, _) => tx.observer(),
            (_, Some(rx), _) => rx.observer(),
            (_, _, Some(own)) => own,
            _ => unreachable!("a handle has an end or is looked through"),
        };
        Queue { tx: tx.map(Lent::new), rx: rx.map(Lent::new), look, fd: None }
    }

    /// Close it, or put it back.
    pub fn close(self) -> Result<(), (nabd::Error, Queue)> {
        let Queue { tx, rx, look, fd } = self;
        let back = |error, tx: Option<Producer>, rx: Option<Consumer>| {
            let mut queue = Queue::new(tx, rx, None);
            queue.fd = fd;
            Err((error, queue))
        };
        let tx = tx.map(Lent::into_end);
        if let Some(rx) = rx.map(Lent::into_end) {
            if let Err(Refused { error, guard }) = rx.close() {
                return back(error, tx, Some(guard));
            }
        } else if tx.is_none() {
            return look.close().map_err(|error| (error, Queue::new(None, None, None)));
        }
        if let Some(tx) = tx {
            if let Err(Refused { error, guard }) = tx.close() {
                return back(error, Some(guard), None);
            }
        }
        Ok(())
    }
}

impl Vars {
    pub fn set(&mut self, name: &str, var: Var) {
        self.remove(name);
        self.map.insert(name.into(), var);
        self.order.push(name.into());
    }

    pub fn get(&mut self, name: &str) -> Option<&mut Var> {
        self.map.get_mut(name)
    }

    pub fn remove(&mut self, name: &str) -> Option<Var> {
        self.order.retain(|other| other != name);
        self.map.remove(name)
    }

    pub fn queue(&mut self, name: &str) -> Option<&mut Queue> {
        match self.map.get_mut(name) {
            Some(Var::Queue(queue)) => Some(queue),
            _ => None,
        }
    }

    /// Of a handle or member.
    pub fn look(&mut self, name: &str) -> Option<Observer> {
        match self.map.get(name)? {
            Var::Queue(queue) => Some(queue.look.clone()),
            Var::Member(_, look, _) => Some(look.clone()),
            Var::Snapshot(_) | Var::Ages(_) => None,
        }
    }

    /// So that several can be borrowed at once.
    pub fn take(&mut self, name: &str) -> Option<Var> {
        self.map.remove(name)
    }

    pub fn put(&mut self, name: &str, var: Var) {
        self.map.insert(name.into(), var);
    }

    pub fn close_all(&mut self) {
        while let Some(name) = self.order.pop() {
            self.map.remove(&name);
        }
    }
}

impl<T, G> From<T> for Lent<T, G> {
    fn from(end: T) -> Self {
        Lent::new(end)
    }
}
