// SPDX-License-Identifier: MIT
//! Opening queues, and what is done to one by its name.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};

use nabd_sys as sys;

use crate::consumer::Consumer;
use crate::error::{check, Error, Result};
use crate::handle::{End, Handle};
use crate::look::{stats_of, Observer};
use crate::producer::Producer;
use crate::wait::Wait;

/// How to open a queue. Set what matters, then say as what to open it.
///
/// ```
/// # fn main() -> nabd::Result<()> {
/// # let name = &format!("rust-doc-options-{}", std::process::id());
/// let mut tx = nabd::Options::new().create(true).slots(64).slot_size(256).producer(name)?;
/// tx.push(b"hello")?;
/// # nabd::unlink(name)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Options {
    slots: usize,
    slot_size: usize,
    flags: u32,
    opts: u32,
    mode: u32,
    align: u32,
    owner: u32,
    group: u32,
    dir: Option<PathBuf>,
    wait: Option<Wait>,
}

impl Options {
    /// As [`Producer::open`] and its kin do it: a queue that exists, whatever its sizes are.
    pub fn new() -> Options {
        Options::default()
    }

    fn flag(mut self, flag: u32, on: bool) -> Options {
        self.flags = if on { self.flags | flag } else { self.flags & !flag };
        self
    }

    fn opt(mut self, flag: u32, on: bool) -> Options {
        self.opts = if on { self.opts | flag } else { self.opts & !flag };
        self
    }

    /// Make the queue if it is not there. One that is there is never changed.
    pub fn create(self, on: bool) -> Options {
        self.flag(sys::NABD_CREATE, on)
    }

    /// With [`create`](Options::create): fail with [`Error::Exists`] if it is there.
    pub fn exclusive(self, on: bool) -> Options {
        self.flag(sys::NABD_EXCL, on)
    }

    /// Of a new queue: the producer never waits, but overwrites the oldest message; a reader that
    /// it passes is told [`Error::Lapped`]. Of one that exists: be refused unless it is such.
    pub fn overwrite(self, on: bool) -> Options {
        self.flag(sys::NABD_OVERWRITE, on)
    }

    /// Of a new queue: keep when each message was sent, and how old messages are when they are
    /// received: [`Look::latency`](crate::Look::latency). Of one that exists: be refused unless it
    /// is such.
    pub fn timestamps(self, on: bool) -> Options {
        self.flag(sys::NABD_TIMESTAMPS, on)
    }

    /// Slots, rounded up to a power of two; 0, the default: 1024 for a new queue, whatever it has
    /// for one that exists.
    pub fn slots(mut self, slots: usize) -> Options {
        self.slots = slots;
        self
    }

    /// Longest message in bytes; 0, the default: 4096, or whatever it has.
    pub fn slot_size(mut self, bytes: usize) -> Options {
        self.slot_size = bytes;
        self
    }

    /// Payloads start at multiples of so many bytes: 8, 16, … 4096.
    pub fn align(mut self, bytes: u32) -> Options {
        self.align = bytes;
        self
    }

    /// Permission bits of a new queue, the umask not applied. The default is `0o600`.
    pub fn mode(mut self, bits: u32) -> Options {
        self.mode = bits;
        self
    }

    /// Give a new queue to the group of this gid.
    pub fn file_group(mut self, gid: u32) -> Options {
        self.group = gid;
        self.opt(sys::NABD_SET_GROUP, true)
    }

    /// Accept a queue that belongs to this user, beside one's own.
    pub fn owner(mut self, uid: u32) -> Options {
        self.owner = uid;
        self.opt(sys::NABD_OWNER_UID, true)
    }

    /// Accept a queue that belongs to any user.
    pub fn any_owner(self, on: bool) -> Options {
        self.opt(sys::NABD_ANY_OWNER, on)
    }

    /// Map every page now, so that no message meets a page fault.
    pub fn prefault(self, on: bool) -> Options {
        self.opt(sys::NABD_PREFAULT, on)
    }

    /// Lock the mapping in RAM. `RLIMIT_MEMLOCK` must allow it.
    pub fn mlock(self, on: bool) -> Options {
        self.opt(sys::NABD_MLOCK, on)
    }

    /// Have the kernel make huge pages of the queue's pages, now, as far as it can: a wish and never
    /// an error. [`Look::memory`](crate::Look::memory) tells what was got.
    pub fn huge_pages(self, on: bool) -> Options {
        self.opt(sys::NABD_HUGE_PAGES, on)
    }

    /// Where the queue's file lives. The default is `$NABD_DIR`, else `/dev/shm`.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Options {
        self.dir = Some(dir.into());
        self
    }

    /// How what is opened waits; the default is [`Wait::BALANCED`].
    pub fn wait(mut self, wait: Wait) -> Options {
        self.wait = Some(wait);
        self
    }

    /// Open it to send. A queue has one live producer: [`Error::Busy`] if there is another.
    pub fn producer(&self, name: &str) -> Result<Producer> {
        Ok(Producer::new(End::new(self.open(name, sys::NABD_PRODUCER)?)))
    }

    /// Open it to receive. Nothing is held back until its first peek or pop, or
    /// [`join`](Consumer::join).
    pub fn consumer(&self, name: &str) -> Result<Consumer> {
        Ok(Consumer::new(End::new(self.open(name, sys::NABD_CONSUMER)?)))
    }

    /// Open it to send and to receive. The two ends may be used by two threads.
    pub fn pair(&self, name: &str) -> Result<(Producer, Consumer)> {
        let end = End::new(self.open(name, sys::NABD_PRODUCER | sys::NABD_CONSUMER)?);
        Ok((Producer::new(end.clone()), Consumer::new(end)))
    }

    /// Open it only to look, through a read-only mapping. Nothing but sizes, [`dir`](Options::dir)
    /// and owners may be asked for beside that.
    pub fn observer(&self, name: &str) -> Result<Observer> {
        Ok(Observer::owning(End::new(self.open(name, sys::NABD_OBSERVE)?)))
    }

    /// Open it in no role: to make a queue that others shall find, say. It may be looked at.
    pub fn no_role(&self, name: &str) -> Result<Observer> {
        Ok(Observer::owning(End::new(self.open(name, 0)?)))
    }

    /// [`unlink`](crate::unlink()) of a queue in the directory [`dir`](Options::dir).
    pub fn unlink(&self, name: &str) -> Result<()> {
        let name = c_name(name)?;
        let dir = c_dir(self.dir.as_deref())?;
        let opts = sys::nabd_opts { dir: dir_ptr(&dir), ..NO_OPTS };
        // SAFETY: a string and valid options, whose directory lives on until after the call.
        check(unsafe { sys::nabd_unlink_opts(name.as_ptr(), &opts) }).map(drop)
    }

    /// Call `f` with the name and the options in C, of which flags, owner and directory are set.
    pub(crate) fn with_c<T>(
        &self,
        name: &str,
        f: impl FnOnce(*const std::os::raw::c_char, &sys::nabd_opts) -> Result<T>,
    ) -> Result<T> {
        let name = c_name(name)?;
        let dir = c_dir(self.dir.as_deref())?;
        f(
            name.as_ptr(),
            &sys::nabd_opts {
                flags: self.opts,
                mode: self.mode,
                align: self.align,
                owner: self.owner,
                group: self.group,
                dir: dir_ptr(&dir),
                ..NO_OPTS
            },
        )
    }

    fn open(&self, name: &str, role: u32) -> Result<Handle> {
        let flags = self.flags | role;
        let mut handle = self.with_c(name, |name, opts| {
            let mut raw = ptr::null_mut();
            // SAFETY: a string, valid options, and where to put the handle.
            check(unsafe {
                sys::nabd_open_opts(name, self.slots, self.slot_size, flags, opts, &mut raw)
            })?;
            let raw = NonNull::new(raw).ok_or(Error::Invalid)?;
            // SAFETY: just opened, and nobody else knows it.
            Ok(unsafe { Handle::new(raw, flags) })
        })?;
        handle.slots = stats_of(handle.raw())?.slots as usize;
        if let Some(wait) = &self.wait {
            // SAFETY: an open handle that nobody else knows; valid options.
            check(unsafe { sys::nabd_set_wait(handle.raw(), wait.as_c()) })?;
        }
        Ok(handle)
    }
}

const NO_OPTS: sys::nabd_opts = sys::nabd_opts {
    size: std::mem::size_of::<sys::nabd_opts>() as u32,
    flags: 0,
    mode: 0,
    align: 0,
    owner: 0,
    group: 0,
    dir: ptr::null(),
};

/// A queue's name in C. No valid name has a NUL in it.
pub(crate) fn c_name(name: &str) -> Result<CString> {
    CString::new(name).map_err(|_| Error::Name)
}

/// A path in C. No file's name has a NUL in it.
pub(crate) fn c_path(path: &Path) -> Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| Error::Invalid)
}

fn c_dir(dir: Option<&Path>) -> Result<Option<CString>> {
    dir.map(c_path).transpose()
}

fn dir_ptr(dir: &Option<CString>) -> *const std::os::raw::c_char {
    dir.as_ref().map_or(ptr::null(), |dir| dir.as_ptr())
}

/// Remove a queue's name. Those who have it open go on with it. Only a queue is removed: a file of
/// another kind is left alone.
pub fn unlink(name: &str) -> Result<()> {
    let name = c_name(name)?;
    // SAFETY: a string.
    check(unsafe { sys::nabd_unlink(name.as_ptr()) }).map(drop)
}

/// The names of the queues in a directory (`None`: `$NABD_DIR`, else `/dev/shm`) that may be looked
/// at, sorted. Each is opened for that, which disturbs nobody.
pub fn list(dir: Option<&Path>) -> std::io::Result<Vec<String>> {
    let dir = match dir {
        Some(dir) => dir.to_path_buf(),
        None => match std::env::var_os("NABD_DIR") {
            Some(dir) if dir != OsStr::new("") => dir.into(),
            _ => "/dev/shm".into(),
        },
    };
    let options = Options::new().any_owner(true).dir(&dir);
    let mut names = Vec::new();
    for entry in dir.read_dir()? {
        match entry?.file_name().into_string() {
            Ok(name) if options.observer(&name).is_ok() => names.push(name),
            _ => {}
        }
    }
    names.sort_unstable();
    Ok(names)
}
