// SPDX-License-Identifier: MIT
//! The one word that turns shared memory into slices.

use nabd_sys as sys;

use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::look;

/// Says that the peers of one queue are trusted not to write to a message that is being read, nor
/// to a slot that is being written. With it, and only with it, messages are lent as `&[u8]`.
///
/// It is made by an `unsafe` call, once for a queue, by one who knows who may open it: see
/// [`trust`](crate::Receive::trust).
#[derive(Clone, Debug)]
pub struct Trust {
    id: u64,
}

impl Trust {
    pub(crate) fn new(id: u64) -> Trust {
        Trust { id }
    }

    /// Of a queue that is not overwriting: there the producer writes to what is being read.
    pub(crate) fn of_handle(handle: &Handle) -> Result<Trust> {
        if look::stats_of(handle.raw())?.state & sys::NABD_STATE_OVERWRITE != 0 {
            return Err(Error::Invalid);
        }
        Ok(Trust::new(handle.id))
    }

    #[inline]
    pub(crate) fn check(&self, id: u64) {
        assert!(self.id == id, "this trust is in another queue");
    }
}
