//! Where rows come from: a file, or standard input put aside in one, read once a pass.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::domain::invalid::Invalid;
use crate::service::error::{Error, Result};

/// How much is read at once.
const CHUNK: usize = 1 << 18;

/// Refuses a file that cannot be read, before a store is opened or made for it.
///
/// # Errors
/// `unreadable_file`.
pub fn expect_readable(path: &Path) -> Result<()> {
    if path == Path::new("-") {
        return Ok(());
    }
    let found = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if found.is_dir() {
        return Err(unreadable(path, &io::ErrorKind::IsADirectory.into()));
    }
    // A pipe is opened once only: whoever writes into it would see its reader go.
    if found.is_file() {
        File::open(path).map_err(|error| unreadable(path, &error))?;
    }
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    let detail = format!("{:?} cannot be read: {error}", path.display().to_string());
    Error::invalid("/file", Invalid::new("unreadable_file", detail))
}

/// A file whose contents are known by their digest.
pub(super) struct Source {
    place: Place,
    /// Its name for people, without its directory; `-` for standard input.
    pub(super) name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub(super) sha256: String,
    /// How many bytes it has.
    pub(super) bytes: u64,
}

enum Place {
    Path(PathBuf),
    /// Removed with this.
    Aside(NamedTempFile),
}

impl Source {
    /// Reads a file through once, or puts standard input (`-`) aside.
    ///
    /// # Errors
    /// `unreadable_file`.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let unreadable = |error: &io::Error| unreadable(path, error);
        if path == Path::new("-") {
            return Self::put_aside(&mut io::stdin().lock()).map_err(|error| unreadable(&error));
        }
        let mut file = File::open(path).map_err(|error| unreadable(&error))?;
        if file.metadata().is_ok_and(|found| !found.is_file()) {
            // A pipe or a device can be read once only.
            return Self::put_aside(&mut file).map_err(|error| unreadable(&error));
        }
        let (sha256, bytes) = digest(&mut file, &mut io::sink()).map_err(|error| unreadable(&error))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { place: Place::Path(path.to_owned()), name, sha256, bytes })
    }

    fn put_aside(input: &mut dyn Read) -> io::Result<Self> {
        let mut aside = NamedTempFile::new()?;
        let (sha256, bytes) = digest(input, aside.as_file_mut())?;
        Ok(Self { place: Place::Aside(aside), name: "-".to_owned(), sha256, bytes })
    }

    /// The file from its beginning.
    ///
    /// # Errors
    /// `unreadable_file`.
    pub(super) fn read(&self) -> Result<Box<dyn Read + Send>> {
        let path = match &self.place {
            Place::Path(path) => path,
            Place::Aside(aside) => aside.path(),
        };
        let file = File::open(path).map_err(|error| {
            let detail = format!("{:?} cannot be read again: {error}", self.name);
            Error::invalid("/file", Invalid::new("unreadable_file", detail))
        })?;
        Ok(Box::new(file))
    }
}

/// Digests everything, handing it on as well.
fn digest(input: &mut dyn Read, output: &mut dyn Write) -> io::Result<(String, u64)> {
    let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; CHUNK], 0);
    loop {
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&buffer[..read]);
                output.write_all(&buffer[..read])?;
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    output.flush()?;
    Ok((hex(&hash.finalize()), bytes))
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
