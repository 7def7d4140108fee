//! One source of settings, as written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::failure::Failure;
use crate::cli::globals::Globals;
use crate::cli::word::Word;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Origin {
    /// Nobody said.
    Default,
    /// This flag.
    Flag(&'static str),
    /// This environment variable.
    Env(String),
    /// A file.
    File(PathBuf),
    /// A profile in a file.
    Profile(String, PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Env(name) => write!(f, "environment {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Profile(name, path) => write!(f, "profile {name} in {}", path.display()),
        }
    }
}

/// Values of one source; texts are parsed once it is known which one counts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Values {
    pub(super) store: Option<String>,
    pub(super) store_file: Option<PathBuf>,
    pub(super) output: Option<String>,
    pub(super) color: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) timeout: Option<String>,
    pub(super) hold: Option<String>,
    pub(super) log_format: Option<String>,
    pub(super) protected: Option<bool>,
    /// Named sets of the same keys; only at the top level of a file.
    pub(super) profiles: BTreeMap<String, Values>,
}

/// How a source names the setting that is called so in files.
pub(super) type Naming = Box<dyn Fn(&'static str) -> Origin>;

/// Values and what to call them.
pub(super) struct Layer {
    pub(super) values: Values,
    pub(super) origin: Naming,
}

impl Layer {
    /// What the flags say.
    pub(super) fn flags(globals: &Globals) -> Self {
        let values = Values {
            store: globals.store.clone(),
            store_file: globals.store_file.clone(),
            output: globals.output.map(word),
            color: globals.color.map(word),
            timeout: globals.timeout.clone(),
            log_format: globals.log_format.map(word),
            ..Values::default()
        };
        let flag = |key| match key {
            "store" => "--store",
            "store_file" => "--store-file",
            "output" => "--output",
            "color" => "--color",
            "timeout" => "--timeout",
            _ => "--log-format",
        };
        Self { values, origin: Box::new(move |key| Origin::Flag(flag(key))) }
    }

    /// What `SHOPCTL_…` say.
    ///
    /// # Errors
    /// Exit 2 for text that is not Unicode.
    pub(super) fn environment() -> Result<Self, Failure> {
        let values = Values {
            store: env("SHOPCTL_STORE")?,
            store_file: env("SHOPCTL_STORE_FILE")?.map(PathBuf::from),
            output: env("SHOPCTL_OUTPUT")?,
            color: env("SHOPCTL_COLOR")?,
            currency: env("SHOPCTL_CURRENCY")?,
            timeout: env("SHOPCTL_TIMEOUT")?,
            hold: env("SHOPCTL_HOLD")?,
            log_format: env("SHOPCTL_LOG_FORMAT")?,
            ..Values::default()
        };
        let origin = |key: &str| Origin::Env(format!("SHOPCTL_{}", key.to_ascii_uppercase()));
        Ok(Self { values, origin: Box::new(origin) })
    }

    /// What `MONGO_URI` says.
    ///
    /// # Errors
    /// As [`environment`](Self::environment).
    pub(super) fn mongo_uri() -> Result<Self, Failure> {
        let values = Values { store: env("MONGO_URI")?, ..Values::default() };
        Ok(Self { values, origin: Box::new(|_| Origin::Env("MONGO_URI".to_owned())) })
    }

    /// What a file says at its top level.
    pub(super) fn file(values: Values, path: &Path) -> Self {
        let path = path.to_owned();
        Self { values, origin: Box::new(move |_| Origin::File(path.clone())) }
    }

    /// What a profile in a file says.
    pub(super) fn profile(name: &str, values: Values, path: &Path) -> Self {
        let (name, path) = (name.to_owned(), path.to_owned());
        Self { values, origin: Box::new(move |_| Origin::Profile(name.clone(), path.clone())) }
    }
}

/// An environment variable; empty counts as unset.
///
/// # Errors
/// Exit 2 for text that is not Unicode.
pub(super) fn env(name: &'static str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("the environment variable {name} is not UTF-8 text")))
        }
    }
}

fn word(value: impl Word) -> String {
    value.word().to_owned()
}
