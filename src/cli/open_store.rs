//! Which store a command works on.

use std::fs;
use std::sync::Arc;

use super::config::{Settings, StoreChoice};
use super::exit::Exit;
use super::failure::Failure;
use crate::output::Ui;
use crate::store::Store;
use crate::store::open::{OpenOptions, StoreUrl, open as open_url};

/// What a command will do with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Look only: a file that somebody named must be there.
    Read,
    /// Change it: a file that is missing is made.
    Write,
}

/// The URL that the settings name.
///
/// # Errors
/// Exit 2 where it cannot be read or is none.
pub(super) fn url(settings: &Settings) -> Result<StoreUrl, Failure> {
    let named_by = || format!("named by {}", settings.store.origin);
    let parse = |text: &str| StoreUrl::parse(text).map_err(|error| Failure::from(error).hint(named_by()));
    match &settings.store.value {
        StoreChoice::Url(text) => parse(text),
        StoreChoice::UrlFile(path) => {
            let text = fs::read_to_string(path).map_err(|error| {
                let detail =
                    format!("the store's URL cannot be read from {:?}: {error}", path.display().to_string());
                Failure::new(Exit::Usage, "store_file_unreadable", detail).hint(named_by())
            })?;
            parse(&text)
        }
        StoreChoice::Embedded(Some(path)) => Ok(StoreUrl::Sqlite(path.clone())),
        StoreChoice::Embedded(None) => Err(Failure::new(
            Exit::Usage,
            "no_home",
            "there is no home directory to keep the embedded store in",
        )
        .hint("name a store: --store sqlite:shop.db, or set MONGO_URI")),
    }
}

/// Opens the store that the settings name. The embedded file that nobody named is made whatever the command; others only by commands
/// that write.
pub(super) async fn open(settings: &Settings, access: Access, ui: &Ui) -> Result<Arc<dyn Store>, Failure> {
    let url = url(settings)?;
    ui.remark(&format!("store: {url} (from {})", settings.store.origin));
    let by_default = matches!(settings.store.value, StoreChoice::Embedded(_));
    let missing = url.file().is_some_and(|file| !file.exists());
    let create = by_default || access == Access::Write;
    let store = open_url(&url, &OpenOptions { create, ..OpenOptions::default() }).await?;
    if let Some(file) = url.file().filter(|file| missing && file.exists()) {
        ui.notice(&format!("created the embedded store {}", file.display()));
    }
    Ok(store)
}
