//! Scratch stores: files beside the shop's own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use super::error::from_io;
use super::{SqliteStore, blocking};
use crate::store::open::OpenOptions;
use crate::store::scratch::{ScratchName, ScratchPlace};
use crate::store::{Result, Store, StoreError};

/// What a store's file may have beside it, also while it is being made. The longer endings stand behind those they end with.
const COMPANIONS: [&str; 8] = ["", "-wal", "-shm", "-journal", "-lock", "-new", "-new-wal", "-new-shm"];

/// The directory of a shop's file.
pub(in crate::store) struct Beside {
    directory: PathBuf,
    base: String,
    options: OpenOptions,
}

impl Beside {
    /// Beside the file at `path`.
    ///
    /// # Errors
    /// `BadUrl` where the path names no file.
    pub(in crate::store) fn new(path: &Path, options: &OpenOptions) -> Result<Self> {
        let Some(base) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(StoreError::BadUrl(format!("{:?} names no file", path.display().to_string())));
        };
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Ok(Self {
            directory: directory.unwrap_or(Path::new(".")).to_owned(),
            base: base.to_owned(),
            options: OpenOptions { create: true, ..options.clone() },
        })
    }
}

#[async_trait]
impl ScratchPlace for Beside {
    fn base(&self) -> &str {
        &self.base
    }

    async fn make(&self, name: &ScratchName) -> Result<Arc<dyn Store>> {
        if !self.directory.is_dir() {
            let directory = self.directory.display().to_string();
            return Err(StoreError::Unavailable {
                detail: format!("there is no directory {directory:?}"),
                hint: Some("shopctl store init makes the store; --store names another".to_owned()),
            });
        }
        let path = self.directory.join(name.as_str());
        Ok(Arc::new(SqliteStore::open(&path, &self.options).await?))
    }

    async fn names(&self) -> Result<Vec<String>> {
        let directory = self.directory.clone();
        blocking(move || {
            let failed = |error| from_io("cannot read the directory", &directory, &error);
            let mut names = BTreeSet::new();
            for entry in std::fs::read_dir(&directory).map_err(failed)? {
                let Ok(name) = entry.map_err(failed)?.file_name().into_string() else { continue };
                // A run that was killed early has left a companion only.
                let bare = COMPANIONS.iter().rev().find_map(|companion| name.strip_suffix(companion));
                names.insert(bare.unwrap_or(&name).to_owned());
            }
            Ok(names.into_iter().collect())
        })
        .await
    }

    async fn remove(&self, name: &ScratchName) -> Result<()> {
        let path = self.directory.join(name.as_str());
        blocking(move || {
            for companion in COMPANIONS {
                let mut file = path.clone().into_os_string();
                file.push(companion);
                match std::fs::remove_file(&file) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(from_io("cannot remove", Path::new(&file), &error));
                    }
                    _ => {}
                }
            }
            Ok(())
        })
        .await
    }
}
