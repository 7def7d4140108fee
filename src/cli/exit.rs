//! What a command ends with.

use std::process::ExitCode;

use crate::service::Kind;

/// Every exit code there is. Ordered by code, so that the worst of several is the largest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Exit {
    /// Done; an empty list; a closed pipe.
    Done = 0,
    /// A bug, or damaged data.
    Internal = 1,
    /// The command or its configuration was not understood.
    Usage = 2,
    /// What was named does not exist.
    NotFound = 3,
    /// The state of things does not allow it.
    Conflict = 4,
    /// A value breaks a rule.
    Invalid = 5,
    /// Not known, or not allowed.
    Denied = 6,
    /// The store or server cannot be reached or did not answer in time.
    Unavailable = 7,
    /// Some of several failed.
    Partly = 8,
    /// Nobody said yes.
    NotConfirmed = 9,
    /// Ctrl-C.
    Interrupted = 130,
    /// SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// For an error of this kind with this code.
    pub(super) fn of(kind: Kind, code: &str) -> Self {
        match kind {
            // A store URL is configuration, not data of the shop.
            Kind::Invalid if code == "invalid_store_url" => Self::Usage,
            Kind::Invalid => Self::Invalid,
            Kind::NotFound => Self::NotFound,
            Kind::Conflict | Kind::Stale => Self::Conflict,
            Kind::Unauthenticated | Kind::Forbidden => Self::Denied,
            Kind::TooMany | Kind::Unavailable | Kind::Timeout => Self::Unavailable,
            Kind::Internal => Self::Internal,
        }
    }

    /// The number the shell sees.
    pub(super) fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
