// SPDX-License-Identifier: MIT
//! How far a group is, in a file that outlives the machine.

use std::path::Path;
use std::ptr;
use std::time::Duration;

use nabd_sys as sys;

use crate::error::{check, Error, Result};
use crate::member::Member;
use crate::numbers::{ask, Checkpoint, SizedStruct};
use crate::options::c_path;
use crate::wait::Timeout;

/// Where [`Member::resume`] goes on when what follows the checkpoint is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Nowhere: it is an error.
    Exact,
    /// At the oldest message that is kept.
    Oldest,
    /// Behind the newest.
    Newest,
}

/// What [`Resumed`] has to say of the messages before it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Continuity {
    /// Nothing lies between the checkpoint and where it goes on.
    Exact,
    /// What followed the checkpoint was let go or overwritten.
    Gap,
    /// The queue is another than that of the checkpoint.
    Other,
}

/// Where [`Member::resume`] goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resumed {
    /// The next message.
    pub sequence: u64,
    /// Messages between the checkpoint and there; of another queue, all of its messages before
    /// there.
    pub lost: u64,
    /// How that fits to the checkpoint.
    pub state: Continuity,
}

/// What became of saves that were made by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AutoStatus {
    /// The first that went wrong since this was last asked.
    pub error: Option<Error>,
    /// What the last save says that succeeded.
    pub sequence: u64,
}

impl Checkpoint {
    /// Read a checkpoint, without a queue: the last that was saved.
    pub fn load(path: impl AsRef<Path>) -> Result<Checkpoint> {
        let path = c_path(path.as_ref())?;
        // SAFETY: a string.
        ask(|checkpoint| unsafe { sys::nabd_checkpoint_load(path.as_ptr(), checkpoint) })
    }
}

impl Member {
    /// Save how far the group is: the oldest message that no member has released. When this
    /// returns, it is on the disk.
    pub fn checkpoint_save(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = c_path(path.as_ref())?;
        // SAFETY: an open member, for us alone; a string.
        check(unsafe { sys::nabd_checkpoint_save(self.raw(), path.as_ptr()) }).map(drop)
    }

    /// Save now, and from now on by itself: after so many messages, or so much time, of which one
    /// may be 0; and when it is closed. What goes wrong later is told by
    /// [`checkpoint_status`](Member::checkpoint_status).
    pub fn checkpoint_auto(
        &mut self,
        path: impl AsRef<Path>,
        every_messages: u64,
        every: Duration,
    ) -> Result<()> {
        let path = c_path(path.as_ref())?;
        let ns = Timeout::from(every).0;
        let (c, path) = (self.raw(), path.as_ptr());
        // SAFETY: an open member, for us alone; a string.
        check(unsafe { sys::nabd_checkpoint_auto(c, path, every_messages, ns) }).map(drop)
    }

    /// Save by itself no longer.
    pub fn checkpoint_auto_off(&mut self) -> Result<()> {
        // SAFETY: an open member, for us alone.
        check(unsafe { sys::nabd_checkpoint_auto(self.raw(), ptr::null(), 0, 0) }).map(drop)
    }

    /// What went wrong in saves that were made by themselves, and what the last good save says.
    /// [`Error::NotFound`]: nothing was saved yet. An error that was told is forgotten.
    pub fn checkpoint_status(&mut self) -> Result<AutoStatus> {
        let (mut code, mut sequence) = (0, 0);
        // SAFETY: an open member, for us alone; where to put two numbers.
        check(unsafe { sys::nabd_checkpoint_status(self.raw(), &mut code, &mut sequence) })?;
        let error = if code == sys::NABD_OK { None } else { Some(crate::error::error_of(code)) };
        Ok(AutoStatus { error, sequence })
    }

    /// Let the whole group go on where a checkpoint says. Let one member resume, before others
    /// join.
    pub fn resume(&mut self, path: impl AsRef<Path>, else_at: Resume) -> Result<Resumed> {
        let path = c_path(path.as_ref())?;
        let mut resume = sys::nabd_resume {
            flags: match else_at {
                Resume::Exact => 0,
                Resume::Oldest => sys::NABD_RESUME_OLDEST,
                Resume::Newest => sys::NABD_RESUME_NEWEST,
            },
            ..SizedStruct::sized()
        };
        // SAFETY: an open member, for us alone; a string, and a struct whose size is set.
        check(unsafe { sys::nabd_consumer_resume(self.raw(), path.as_ptr(), &mut resume) })?;
        let state = match resume.state {
            sys::NABD_RESUMED_EXACT => Continuity::Exact,
            sys::NABD_RESUMED_GAP => Continuity::Gap,
            _ => Continuity::Other,
        };
        Ok(Resumed { sequence: resume.sequence, lost: resume.lost, state })
    }
}
