//! One connection with the settings that every connection needs.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::store::{Result, StoreError};

/// How long a statement waits for another program's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The write-ahead log is cut back to this many bytes after a checkpoint.
const JOURNAL_SIZE_LIMIT: i64 = 64 << 20;
/// How much of the file the writer keeps in memory. A transaction that changes more writes pages early, and some of them twice: a batch of
/// an import does, with the usual 2 MiB.
const WRITER_CACHE_KIB: u32 = 16 << 10;
/// More than the different statements of the store, so that each is parsed once a connection.
const STATEMENTS: usize = 128;

/// Opens the file, which must exist, without looking into it.
pub(super) fn open(path: &Path) -> Result<Connection> {
    // Not SQLITE_OPEN_URI: a path is a path, whatever characters it holds.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
         PRAGMA recursive_triggers = ON; PRAGMA journal_size_limit = {JOURNAL_SIZE_LIMIT};"
    ))?;
    match wrong_setting(&connection)? {
        Some(wrong) => Err(StoreError::Internal(format!("SQLite did not take a setting: {wrong}"))),
        None => Ok(connection),
    }
}

/// Has the file use a write-ahead log, so that readers and the writer do not wait for each other.
///
/// The first time this changes the file, and it may fail when others meet the fresh file at that moment: it is for makers
/// of the file, who hold a lock, and for those who found it made.
pub(super) fn use_log(connection: &Connection) -> Result<()> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode == "wal" {
        return Ok(());
    }
    Err(StoreError::Unavailable {
        detail: format!("the store's file cannot use a write-ahead log (journal mode {mode:?})"),
        hint: Some("put it on a local disk".to_owned()),
    })
}

/// The first setting that is not what [`open`] asked for, as words.
pub(super) fn wrong_setting(connection: &Connection) -> Result<Option<String>> {
    let expected = [
        ("busy_timeout", 5000),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("recursive_triggers", 1),
        ("journal_size_limit", JOURNAL_SIZE_LIMIT),
    ];
    for (name, wanted) in expected {
        let found: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
        if found != wanted {
            return Ok(Some(format!("{name} is {found}, not {wanted}")));
        }
    }
    Ok(None)
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Reads only, and cannot write by mistake.
    Reader,
    /// The one that writes.
    Writer,
}

impl Role {
    /// Makes a connection fit for this role.
    pub(super) fn assign(self, connection: &Connection) -> Result<()> {
        match self {
            Self::Reader => connection.execute_batch("PRAGMA query_only = ON")?,
            // Temporary files stay files: within a savepoint SQLite keeps every page that a statement with triggers touches until the end,
            // and in memory it also walks through all of them after each statement.
            Self::Writer => connection.execute_batch(&format!("PRAGMA cache_size = -{WRITER_CACHE_KIB}"))?,
        }
        Ok(())
    }
}
