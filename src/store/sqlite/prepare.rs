//! Making the file, and bringing its schema up to date.
//!
//! Both happen under a lock on a file beside the database, because many processes may meet a fresh path at once and
//! SQLite alone does not bring all of them through. Where nothing is to be done no lock is taken.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};

use super::connection;
use super::error::from_io;
use super::products;
use crate::store::{Result, StoreError};

/// The steps from an empty file to the present schema, each with the version after it.
const MIGRATIONS: [(i64, &str); 8] = [
    (1, include_str!("schema/0001_first.sql")),
    (2, include_str!("schema/0002_holds.sql")),
    (3, include_str!("schema/0003_idempotency.sql")),
    (4, include_str!("schema/0004_customer_reference.sql")),
    (5, include_str!("schema/0005_imports.sql")),
    (6, include_str!("schema/0006_lists.sql")),
    (7, include_str!("schema/0007_sign_in.sql")),
    (8, include_str!("schema/0008_search.sql")),
];
/// The step before which products are given the words that it keeps.
const WORDS: i64 = 8;
/// The schema this program writes.
pub(super) const SCHEMA: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;
/// `PRAGMA application_id` of our files: "shop" in ASCII.
const APPLICATION_ID: i64 = 0x7368_6f70;
/// How long to wait for other processes that make or migrate the file: the words of a large catalogue take some seconds, and whoever waits
/// is served in no order.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// Opens the file ready for use.
///
/// With `create`, what is missing is made and an older schema migrated; without it the file must exist and is left as it is.
pub(super) fn open(path: &Path, create: bool) -> Result<Connection> {
    if path.is_dir() {
        return Err(StoreError::BadUrl(format!("{:?} is a directory", path.display().to_string())));
    }
    if path.exists() {
        let connection = connection::open(path).map_err(|error| name(path, error))?;
        let schema = schema(&connection).map_err(|error| name(path, error))?;
        if schema == SCHEMA {
            connection::use_log(&connection).map_err(|error| name(path, error))?;
        }
        if schema == SCHEMA || !create {
            return Ok(connection);
        }
    } else if !create {
        return Err(StoreError::Unavailable {
            detail: format!("there is no store at {:?}", path.display().to_string()),
            hint: Some("shopctl store init makes it; --store names another".to_owned()),
        });
    }
    let guard = lock(path)?;
    let made = if path.exists() { bring_up(path) } else { make(path).and_then(|()| bring_up(path)) };
    drop(guard);
    made.map_err(|error| name(path, error))
}

/// Opens a file that is there and brings its schema up to date.
fn bring_up(path: &Path) -> Result<Connection> {
    let mut connection = connection::open(path)?;
    schema(&connection)?;
    connection::use_log(&connection)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Makes the file under another name and then gives it its own, so that nobody ever meets it half made.
fn make(path: &Path) -> Result<()> {
    let draft = beside(path, "-new");
    for suffix in ["", "-wal", "-shm"] {
        // What a maker that was killed has left.
        match std::fs::remove_file(beside(&draft, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(from_io("cannot replace", &draft, &error));
            }
            _ => {}
        }
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    private(&mut options);
    options.open(&draft).map_err(|error| from_io("cannot make the file", &draft, &error))?;
    bring_up(&draft)?.close().map_err(|(_, error)| error)?;
    std::fs::rename(&draft, path).map_err(|error| from_io("cannot make the file", path, &error))?;
    // The name is durable only with its directory.
    #[cfg(unix)]
    File::open(directory(path))
        .and_then(|directory| directory.sync_all())
        .map_err(|error| from_io("cannot write the directory of", path, &error))?;
    Ok(())
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Puts the path into an error that only says "the file".
fn name(path: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::BadUrl(detail) => {
            StoreError::BadUrl(format!("{:?}: {detail}", path.display().to_string()))
        }
        StoreError::Unavailable { detail, hint } => {
            StoreError::Unavailable { detail: format!("{:?}: {detail}", path.display().to_string()), hint }
        }
        other => other,
    }
}

/// The version of the schema found: 0 for an empty file.
///
/// # Errors
/// `NewerSchema` for one this program does not know, `BadUrl` for a file of another program.
pub(super) fn schema(connection: &Connection) -> Result<i64> {
    // One statement, hence one moment: another process may be migrating the file.
    let sql = "SELECT user_version, application_id = ?1, \
               application_id <> ?1 AND EXISTS (SELECT 1 FROM sqlite_schema) \
               FROM pragma_user_version, pragma_application_id";
    let (found, ours, filled): (i64, bool, bool) =
        connection.query_row(sql, [APPLICATION_ID], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if !ours && (found != 0 || filled) {
        return Err(StoreError::BadUrl("the file is a database of another program".to_owned()));
    }
    if found > SCHEMA {
        return Err(StoreError::NewerSchema { found, known: SCHEMA });
    }
    Ok(found)
}

/// Refuses a file whose products have no words yet: one that an older program wrote, and nobody has written to since.
pub(super) fn require_words(connection: &Connection) -> Result<()> {
    if schema(connection)? >= WORDS {
        return Ok(());
    }
    Err(StoreError::Unavailable {
        detail: "the store was written by an older program, which kept no words to search".to_owned(),
        hint: Some("shopctl store init brings it up to date".to_owned()),
    })
}

/// Brings a connection's database to the present schema.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = schema(&transaction)?;
    for (version, step) in MIGRATIONS {
        if version > found {
            if version == WORDS {
                products::keep_words(&transaction)?;
            }
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", version)?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    Ok(transaction.commit()?)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Takes the lock that makers and migrators share. It ends with the returned file.
fn lock(path: &Path) -> Result<File> {
    let parent = directory(path);
    create_directories(parent).map_err(|error| from_io("cannot make the directory", parent, &error))?;
    let lock_path = beside(path, "-lock");
    let mut options = File::options();
    options.create(true).append(true);
    private(&mut options);
    let file = options.open(&lock_path).map_err(|error| from_io("cannot open", &lock_path, &error))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_PATIENCE => {
                // The system offers no lock with a time limit.
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Unavailable {
                    detail: format!(
                        "another program is setting up the store at {:?}",
                        path.display().to_string()
                    ),
                    hint: Some("wait for it, or stop it, and try again".to_owned()),
                });
            }
            Err(TryLockError::Error(error)) => return Err(from_io("cannot lock", &lock_path, &error)),
        }
    }
}

/// Only its owner may read and write the file: it holds addresses and password hashes.
fn private(options: &mut std::fs::OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

fn create_directories(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
