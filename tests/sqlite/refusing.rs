//! Files that are not opened, and what is left untouched.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use shopctl::store::open::OpenOptions;
use shopctl::store::sqlite::SqliteStore;
use shopctl::store::{Commit, Maintenance, Result, StoreError, UserStore};

use crate::support::builders::user;
use crate::support::store::fresh_path;

async fn open(path: &Path, create: bool) -> Result<SqliteStore> {
    SqliteStore::open(path, &OpenOptions { create, ..OpenOptions::default() }).await
}

/// What opening fails with.
async fn refusal(path: &Path, create: bool) -> StoreError {
    match open(path, create).await {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn nothing_is_made_unless_asked_for() {
    let (directory, path) = fresh_path();
    for path in [path.clone(), directory.path().join("a/b/shop.db")] {
        let error = refusal(&path, false).await;
        let StoreError::Unavailable { detail, hint } = error else { panic!("{error:?}") };
        assert!(detail.contains(path.to_str().unwrap()), "{detail}");
        assert!(hint.unwrap().contains("shopctl store init"));
    }
    assert_eq!(names(directory.path()), Vec::<String>::new());
    std::fs::write(&path, "").unwrap();
    let store = open(&path, false).await.unwrap();
    assert_eq!(store.info().await.unwrap().schema, 0);
    let error = store.find_user(&"a@example.com".parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { hint: Some(_), .. }), "{error:?}");
    store.close().await;
    assert_eq!(
        (names(directory.path()), std::fs::metadata(&path).unwrap().len()),
        (vec!["shop.db".to_owned()], 0)
    );
}

#[tokio::test]
async fn an_empty_file_is_set_up_by_init_or_by_the_first_write() {
    for by_init in [true, false] {
        let (_directory, path) = fresh_path();
        std::fs::write(&path, "").unwrap();
        let store = open(&path, false).await.unwrap();
        if by_init {
            store.init().await.unwrap();
        }
        store.insert_user(&user("a@example.com"), Commit::Keep).await.unwrap();
        assert_eq!(store.info().await.unwrap().counts.users, 1);
    }
}

#[tokio::test]
async fn what_is_no_store_is_refused_and_left_alone() {
    let (directory, path) = fresh_path();
    assert!(matches!(refusal(directory.path(), true).await, StoreError::BadUrl(_)));
    let text = "a shopping list, long enough to be taken for something else\n".repeat(99);
    std::fs::write(&path, &text).unwrap();
    for create in [true, false] {
        let error = refusal(&path, create).await;
        assert!(
            matches!(&error, StoreError::BadUrl(detail) if detail.contains("not a shopctl store")),
            "{error:?}"
        );
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let foreign = directory.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let before = std::fs::read(&foreign).unwrap();
    for create in [true, false] {
        let error = refusal(&foreign, create).await;
        assert!(
            matches!(&error, StoreError::BadUrl(detail) if detail.contains("another program")),
            "{error:?}"
        );
    }
    assert_eq!(std::fs::read(&foreign).unwrap(), before);
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_refused_and_left_alone() {
    let (_directory, path) = fresh_path();
    let store = open(&path, true).await.unwrap();
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(raw);
    for create in [true, false] {
        assert!(matches!(refusal(&path, create).await, StoreError::NewerSchema { found: 99, known: 1.. }));
    }
    // One that was open already finds out at its next `init` or its first write.
    assert!(matches!(store.init().await, Err(StoreError::NewerSchema { found: 99, .. })));
    let write = store.insert_user(&user("a@example.com"), Commit::Keep).await;
    assert!(matches!(write, Err(StoreError::NewerSchema { .. })), "{write:?}");
    store.close().await;
    let version: i64 =
        Connection::open(&path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 99);
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let (directory, path) = fresh_path();
    std::fs::write(&path, "").unwrap();
    // A file where a directory should be; and a file system that takes no files, whoever asks.
    for place in [path.join("shop.db"), Path::new("/proc/shop/shop.db").to_owned()] {
        let error = refusal(&place, true).await;
        let StoreError::Unavailable { detail, hint } = &error else { panic!("{error:?}") };
        assert!(detail.contains(place.parent().unwrap().to_str().unwrap()), "{detail}");
        assert!(hint.is_some());
    }
    assert_eq!(names(directory.path()), vec!["shop.db"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_what_is_made() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, _) = fresh_path();
    let path = directory.path().join("a/b/shop.db");
    let store = open(&path, true).await.unwrap();
    store.insert_user(&user("a@example.com"), Commit::Keep).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&directory.path().join("a")), mode(path.parent().unwrap())), (0o700, 0o700));
    for name in names(path.parent().unwrap()) {
        assert_eq!(mode(&path.with_file_name(&name)), 0o600, "{name}");
    }
    store.close().await;
    assert_eq!(
        names(path.parent().unwrap()),
        vec!["shop.db", "shop.db-lock"],
        "closing leaves one file and its lock"
    );
}

#[tokio::test]
async fn what_a_killed_maker_has_left_is_no_obstacle() {
    let (directory, path) = fresh_path();
    for leftover in ["shop.db-new", "shop.db-new-wal", "shop.db-new-shm", "shop.db-lock"] {
        std::fs::write(directory.path().join(leftover), "half a file").unwrap();
    }
    let store = open(&path, true).await.unwrap();
    store.insert_user(&user("a@example.com"), Commit::Keep).await.unwrap();
    store.close().await;
    assert_eq!(names(directory.path()), vec!["shop.db", "shop.db-lock"]);
}

#[tokio::test]
async fn while_another_program_writes_reads_go_on_and_writes_wait_for_a_while() {
    let (_directory, path) = fresh_path();
    let store = open(&path, true).await.unwrap();
    store.insert_user(&user("a@example.com"), Commit::Keep).await.unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    assert!(store.find_user(&"a@example.com".parse().unwrap()).await.unwrap().is_some());
    assert!(matches!(store.ping().await, Err(StoreError::Timeout)));
    assert!(begun.elapsed() < Duration::from_secs(3), "ping answers in time");
    let error = store.insert_user(&user("b@example.com"), Commit::Keep).await.unwrap_err();
    let StoreError::Unavailable { detail, hint } = error else { panic!("{error:?}") };
    assert!(detail.contains("locked") && hint.is_some(), "{detail}");
    other.execute_batch("ROLLBACK").unwrap();
    store.insert_user(&user("b@example.com"), Commit::Keep).await.unwrap();
    store.ping().await.unwrap();
}

#[tokio::test]
async fn waiting_for_a_maker_that_hangs_ends() {
    let (directory, path) = fresh_path();
    let held = std::fs::File::create(directory.path().join("shop.db-lock")).unwrap();
    held.lock().unwrap();
    let begun = Instant::now();
    let error = refusal(&path, true).await;
    assert!(matches!(&error, StoreError::Unavailable { hint: Some(_), .. }), "{error:?}");
    let waited = begun.elapsed();
    assert!(Duration::from_secs(9) < waited && waited < Duration::from_secs(15), "{waited:?}");
    drop(held);
    open(&path, true).await.unwrap().ping().await.unwrap();
}
