//! Fresh stores: a temporary file or a database of one's own on the test run's mongod.

use std::path::PathBuf;
use std::sync::Arc;

use shopctl::store::Store;
use shopctl::store::open::{OpenOptions, StoreUrl, open};
use tempfile::TempDir;

/// A store of one test's own, removed with this guard.
pub(crate) struct TestStore {
    store: Arc<dyn Store>,
    url: StoreUrl,
    _place: Place,
}

/// What goes when the test ends.
enum Place {
    Directory(TempDir),
}

impl TestStore {
    /// The store.
    pub(crate) fn get(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// The same store opened a second time, as another process would.
    pub(crate) async fn again(&self) -> Arc<dyn Store> {
        open(&self.url, &OpenOptions::default()).await.expect("the store opens again")
    }
}

/// A path in a fresh directory.
pub(crate) fn fresh_path() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("shop.db");
    (directory, path)
}

/// An empty SQLite store.
pub(crate) async fn sqlite_store() -> TestStore {
    let (directory, path) = fresh_path();
    let url = StoreUrl::Sqlite(path);
    let store = open(&url, &OpenOptions::default()).await.expect("a fresh store opens");
    TestStore { store, url, _place: Place::Directory(directory) }
}
