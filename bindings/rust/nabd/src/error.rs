// SPDX-License-Identifier: MIT
//! What a call can answer but success: the errors of nabd.h, one for one.

use std::ffi::CStr;
use std::os::raw::c_int;
use std::{fmt, io};

use nabd_sys as sys;

/// What this crate's calls return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $code:ident,)*) => {
        /// Why a call did not do what it was asked for. After an error nothing has changed,
        /// unless the call's own text says otherwise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Error {
            $($(#[$doc])* $name,)*
            /// The message is longer than the buffer, and stays.
            Buffer {
                /// Bytes that it needs.
                needed: usize,
            },
            /// A system call failed.
            System {
                /// How: as in `errno`.
                errno: i32,
            },
            /// An error of a library that is newer than this crate.
            Unknown(i32),
        }

        impl Error {
            /// The error's number in C: negative.
            pub fn code(&self) -> i32 {
                match *self {
                    $(Error::$name => sys::$code,)*
                    Error::Buffer { .. } => sys::NABD_BUFFER,
                    Error::System { .. } => sys::NABD_SYSTEM,
                    Error::Unknown(code) => code,
                }
            }

            /// The error that C calls `code`. What else there is to know (`errno`, the size that is
            /// needed) is 0.
            pub fn from_code(code: i32) -> Error {
                match code {
                    $(sys::$code => Error::$name,)*
                    sys::NABD_BUFFER => Error::Buffer { needed: 0 },
                    sys::NABD_SYSTEM => Error::System { errno: 0 },
                    code => Error::Unknown(code),
                }
            }
        }
    };
}

errors! {
    /// No message is waiting for this reader. Receiving calls say `None` instead.
    Empty = NABD_EMPTY,
    /// No slot is free: the slowest group still holds them all.
    Full = NABD_FULL,
    /// An argument is out of its domain, or the queue was closed already.
    Invalid = NABD_INVALID,
    /// Not a valid queue name.
    Name = NABD_NAME,
    /// A size of the queue is beyond the limits.
    Range = NABD_RANGE,
    /// The message is longer than a slot, or than what was reserved.
    TooBig = NABD_TOOBIG,
    /// Out of order, as when a guard was forgotten and is in force still.
    State = NABD_STATE,
    /// Not opened for this side.
    Role = NABD_ROLE,
    /// Another live handle holds the role.
    Busy = NABD_BUSY,
    /// The handle belongs to the parent process.
    Forked = NABD_FORKED,
    /// No queue of that name; no such group, member or checkpoint.
    NotFound = NABD_NOTFOUND,
    /// The queue exists, and was to be new.
    Exists = NABD_EXISTS,
    /// The file permissions forbid it.
    Access = NABD_ACCESS,
    /// The file belongs to a user that is not accepted.
    Owner = NABD_OWNER,
    /// A symbolic link, a second hard link, or not a regular file.
    Unsafe = NABD_UNSAFE,
    /// The file is not a queue of nabd.
    NotQueue = NABD_NOTQUEUE,
    /// The file's size is not what its header says.
    Truncated = NABD_TRUNCATED,
    /// Another format version, or a feature this library lacks.
    Format = NABD_FORMAT,
    /// Made on a machine of the other byte order.
    ByteOrder = NABD_BYTEORDER,
    /// What the shared memory holds contradicts itself.
    Corrupt = NABD_CORRUPT,
    /// The queue exists with other sizes than those asked for.
    Geometry = NABD_GEOMETRY,
    /// Not enough shared memory, or room for a checkpoint.
    NoSpace = NABD_NOSPACE,
    /// The process may not map or lock so much memory.
    NoMem = NABD_NOMEM,
    /// The member's group was removed; drop the member.
    Dropped = NABD_DROPPED,
    /// The member's group was too far behind; drop the member, and join again.
    Evicted = NABD_EVICTED,
    /// Messages were overwritten before they were read, or while. The next call goes on behind
    /// them.
    Lapped = NABD_LAPPED,
    /// The deadline passed, or the tries are used up.
    Timeout = NABD_TIMEOUT,
    /// A [`Waker`](crate::Waker) ended the wait.
    Woken = NABD_WOKEN,
    /// A wait ended as the queue's name is gone.
    Unlinked = NABD_UNLINKED,
    /// A wait ended as no producer lives.
    NoProducer = NABD_NOPRODUCER,
    /// The checkpoint is of another queue or group.
    Foreign = NABD_FOREIGN,
    /// The file is not a checkpoint of nabd.
    NotCheckpoint = NABD_NOTCHECKPOINT,
}

impl Error {
    /// The error's name in C, such as `"NABD_FULL"`; `None` if this library does not know it.
    pub fn name(&self) -> Option<&'static str> {
        // SAFETY: any number may be asked for; the answer is NULL or a static string.
        unsafe {
            let name = sys::nabd_error_name(self.code());
            if name.is_null() {
                return None;
            }
            CStr::from_ptr(name).to_str().ok()
        }
    }

    /// The library's own words for it, in English, without `errno`.
    pub fn text(&self) -> &'static str {
        // SAFETY: any number may be asked for; the answer is a static string.
        let text = unsafe { CStr::from_ptr(sys::nabd_strerror(self.code())) };
        text.to_str().unwrap_or("unknown error")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())?;
        match self {
            Error::Buffer { needed } => write!(f, ": {needed} bytes are needed"),
            Error::System { errno } => write!(f, ": {}", io::Error::from_raw_os_error(*errno)),
            Error::Unknown(code) => write!(f, ": {code}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    /// With the nearest kind; the error itself stays within, for `get_ref()`. A failed system call
    /// becomes the system's error.
    fn from(error: Error) -> io::Error {
        use io::ErrorKind::*;
        let kind = match error {
            Error::System { errno } => return io::Error::from_raw_os_error(errno),
            Error::Empty | Error::Full | Error::Busy => WouldBlock,
            Error::Invalid | Error::Name | Error::Range | Error::TooBig => InvalidInput,
            Error::NotFound => NotFound,
            Error::Exists => AlreadyExists,
            Error::Access | Error::Owner | Error::Unsafe => PermissionDenied,
            Error::NotQueue | Error::Truncated | Error::Format | Error::ByteOrder => InvalidData,
            Error::Corrupt | Error::Foreign | Error::NotCheckpoint | Error::Geometry => InvalidData,
            Error::NoMem => OutOfMemory,
            Error::Timeout => TimedOut,
            Error::Woken => Interrupted,
            Error::Unlinked | Error::NoProducer | Error::Dropped | Error::Evicted => BrokenPipe,
            _ => Other,
        };
        io::Error::new(kind, error)
    }
}

/// An error that left the guard in force: try again with it, or drop it. `?` makes it an [`Error`].
#[derive(Debug)]
pub struct Refused<G> {
    /// Why.
    pub error: Error,
    /// What was to be given back.
    pub guard: G,
}

impl<G> From<Refused<G>> for Error {
    fn from(refused: Refused<G>) -> Error {
        refused.error
    }
}

impl<G> fmt::Display for Refused<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<G: fmt::Debug> std::error::Error for Refused<G> {}

/// A batch that was sent in part. `?` makes it an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partly {
    /// What ended it.
    pub error: Error,
    /// Messages that were sent, from the first on.
    pub sent: usize,
}

impl From<Partly> for Error {
    fn from(partly: Partly) -> Error {
        partly.error
    }
}

impl fmt::Display for Partly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {} messages were sent", self.error, self.sent)
    }
}

impl std::error::Error for Partly {}

/// The error of a call's answer, which is one. `errno` is read at once.
#[cold]
pub(crate) fn error_of(rc: c_int) -> Error {
    match Error::from_code(rc) {
        Error::System { .. } => {
            Error::System { errno: io::Error::last_os_error().raw_os_error().unwrap_or(0) }
        }
        error => error,
    }
}

/// `Ok` for 0 or more.
#[inline]
pub(crate) fn check(rc: c_int) -> Result<c_int> {
    if rc >= 0 {
        Ok(rc)
    } else {
        Err(error_of(rc))
    }
}

/// `None` for "nothing there".
#[inline]
pub(crate) fn check_some(rc: c_int) -> Result<Option<()>> {
    match rc {
        sys::NABD_OK => Ok(Some(())),
        sys::NABD_EMPTY => Ok(None),
        rc => Err(error_of(rc)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_error_and_back() {
        for code in sys::NABD_NOTCHECKPOINT..=sys::NABD_EMPTY {
            let error = Error::from_code(code);
            assert_eq!(error.code(), code);
            assert!(!matches!(error, Error::Unknown(_)), "{code}");
            assert!(error.name().unwrap().starts_with("NABD_"));
            assert!(error.to_string().starts_with(error.text()));
        }
        let beyond = Error::from_code(sys::NABD_NOTCHECKPOINT - 1);
        assert_eq!(beyond, Error::Unknown(sys::NABD_NOTCHECKPOINT - 1));
        assert_eq!(beyond.name(), None);
    }

    #[test]
    fn io_errors_keep_the_cause() {
        let error = io::Error::from(Error::Full);
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        let inner = error.get_ref().and_then(|e| e.downcast_ref::<Error>());
        assert_eq!(inner, Some(&Error::Full));
        assert_eq!(io::Error::from(Error::System { errno: 28 }).raw_os_error(), Some(28));
        assert_eq!(Error::from(Partly { error: Error::Full, sent: 3 }), Error::Full);
    }
}
