//! Which back end a URL names: the only file that knows both.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::{Result, Scratches, Store, StoreError, mongo, sqlite};

/// How to open a store.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Make the embedded file where it is missing. Without it a missing file is `Unavailable`.
    pub create: bool,
    /// How long to look for a MongoDB server before giving up.
    pub server_selection: Duration,
    /// The most connections to a MongoDB server, or readers of a file.
    pub pool: u32,
}

impl Default for OpenOptions {
    /// For a command: create what is missing, give up after 5 s.
    fn default() -> Self {
        Self { create: true, server_selection: Duration::from_secs(5), pool: 32 }
    }
}

/// A URL that names a store. `Debug` and `Display` hide its password.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// `sqlite:PATH`.
    Sqlite(PathBuf),
    /// `mongodb://…` or `mongodb+srv://…`, whole.
    Mongo(String),
}

impl StoreUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// `BadUrl` when it names neither back end; the text never repeats the URL, which may hold a password.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("mongodb://") || lower.starts_with("mongodb+srv://") {
            return Ok(Self::Mongo(text.to_owned()));
        }
        if lower.starts_with("sqlite:") {
            let path = &text["sqlite:".len()..];
            // `sqlite:///abs` and `sqlite://rel` are what other tools write.
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path.contains('\0') {
                return Err(StoreError::BadUrl("the sqlite: URL names no file".to_owned()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        Err(StoreError::BadUrl("a store URL begins with mongodb://, mongodb+srv:// or sqlite:".to_owned()))
    }

    /// The file of an embedded store.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Mongo(_) => None,
        }
    }
}

impl std::fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Mongo(url) => f.write_str(&hide_password(url)),
        }
    }
}

impl std::fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// `mongodb://user:***@host/db`: everything between the first colon after the scheme and the last `@` of the authority, and
/// everything behind a `?`, which may hold credentials too.
fn hide_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    match rest.rsplit_once('@') {
        Some((credentials, host)) => {
            let user = credentials.split_once(':').map_or(credentials, |(user, _)| user);
            let secret = if credentials.contains(':') { ":***" } else { "" };
            format!("{scheme}://{user}{secret}@{host}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

/// Opens a store. A file is opened (and made) now; a MongoDB server is first talked to by the first operation.
///
/// # Errors
/// `BadUrl`, `Unavailable`, `NewerSchema`.
pub async fn open(url: &StoreUrl, options: &OpenOptions) -> Result<Arc<dyn Store>> {
    Ok(match url {
        StoreUrl::Sqlite(path) => Arc::new(sqlite::SqliteStore::open(path, options).await?),
        StoreUrl::Mongo(text) => Arc::new(mongo::MongoStore::open(text, &url.to_string(), options).await?),
    })
}

/// Where scratch stores beside this store are. Neither makes nor opens anything yet.
///
/// # Errors
/// `BadUrl`, `Unavailable`.
pub async fn scratches(url: &StoreUrl, options: &OpenOptions) -> Result<Scratches> {
    Ok(match url {
        StoreUrl::Sqlite(path) => Scratches::new(sqlite::Beside::new(path, options)?),
        StoreUrl::Mongo(text) => {
            Scratches::new(mongo::Databases::new(text, &url.to_string(), options).await?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("mongodb://u:p@h:1/d", "mongodb://u:***@h:1/d"),
            ("mongodb://u:p@ss@h/d?authSource=x", "mongodb://u:***@h/d"),
            ("mongodb://h/d", "mongodb://h/d"),
            ("mongodb://h/?authMechanismProperties=TOKEN:s", "mongodb://h/"),
            ("mongodb+srv://u@h/d", "mongodb+srv://u@h/d"),
        ] {
            let parsed = StoreUrl::parse(url).unwrap();
            assert_eq!((parsed.to_string(), format!("{parsed:?}")), (shown.to_owned(), shown.to_owned()));
        }
    }

    #[test]
    fn a_file_url_may_be_written_in_three_ways() {
        for (url, path) in [("sqlite:shop.db", "shop.db"), ("sqlite:///a/b", "/a/b"), ("SQLITE:/a/b", "/a/b")]
        {
            assert_eq!(StoreUrl::parse(url).unwrap().file(), Some(Path::new(path)));
        }
    }

    #[test]
    fn a_mistyped_url_is_refused_without_repeating_it() {
        for url in ["mongo://u:hunter2@h", "", "sqlite:", "shop.db", "postgres://u:hunter2@h"] {
            let error = StoreUrl::parse(url).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
