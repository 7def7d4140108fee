//! Configuration files: where they are, and reading them.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::layer::{Values, env};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// The file of the present directory.
const HERE: &str = "shopctl.toml";

/// Where files are looked for, the one that wins first.
///
/// # Errors
/// Exit 2 for an environment that is not Unicode.
pub(super) fn places() -> Result<Vec<PathBuf>, Failure> {
    let mut places = vec![PathBuf::from(HERE)];
    places.extend(base("XDG_CONFIG_HOME", ".config")?.map(|dir| dir.join("shopctl/config.toml")));
    Ok(places)
}

/// The embedded store's file, where there is a place for it.
///
/// # Errors
/// Exit 2 for an environment that is not Unicode.
pub(super) fn embedded_store() -> Result<Option<PathBuf>, Failure> {
    Ok(base("XDG_DATA_HOME", ".local/share")?.map(|dir| dir.join("shopctl/shop.db")))
}

/// A base directory (XDG Base Directory Specification 0.8: a relative path is ignored).
fn base(variable: &'static str, below_home: &str) -> Result<Option<PathBuf>, Failure> {
    let absolute = |path: String| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    if let Some(dir) = env(variable)?.and_then(absolute) {
        return Ok(Some(dir));
    }
    Ok(env("HOME")?.and_then(absolute).map(|home| home.join(below_home)))
}

/// What a file says; nothing where there is none.
///
/// # Errors
/// Exit 2 with file and line. The text never repeats a value, which may be a password.
pub(super) fn read(path: &Path) -> Result<Option<Values>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(path, None, &error.to_string())),
    };
    let mut values: Values = toml::from_str(&text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        unreadable(path, line, error.message())
    })?;
    let nested = |(name, profile): (&String, &Values)| (!profile.profiles.is_empty()).then(|| name.clone());
    if let Some(name) = values.profiles.iter().find_map(nested) {
        return Err(unreadable(path, None, &format!("profile {name:?} holds profiles of its own")));
    }
    let dir = path.parent().unwrap_or(Path::new("")).to_owned();
    let all = std::iter::once(&mut values.store_file);
    let profiles = values.profiles.values_mut().map(|profile| &mut profile.store_file);
    for file in all.chain(profiles).flatten() {
        // What a file names is beside that file, wherever the command runs.
        *file = dir.join(&*file);
    }
    Ok(Some(values))
}

fn unreadable(path: &Path, line: Option<usize>, why: &str) -> Failure {
    let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
    let why = why.lines().collect::<Vec<_>>().join("; ");
    let detail = format!("configuration file {:?}{line}: {why}", path.display().to_string());
    Failure::new(Exit::Usage, "invalid_config", detail)
}
