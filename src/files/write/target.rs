//! Where a file goes. Under its own name it is whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A file under another name until it is whole. Dropped before [`finish`](Self::finish), nothing is left of it.
pub struct Target {
    /// Taken when it is finished.
    out: Option<Out>,
    draft: PathBuf,
    path: PathBuf,
}

enum Out {
    Plain(BufWriter<File>),
    Packed(GzEncoder<BufWriter<File>>),
}

impl Target {
    /// Begins a file beside where it is to be; packed (RFC 1952) where the name ends in `.gz`.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let draft = path.with_file_name(name);
        let file = BufWriter::with_capacity(1 << 16, File::create(&draft)?);
        let packed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
        let out =
            if packed { Out::Packed(GzEncoder::new(file, Compression::default())) } else { Out::Plain(file) };
        Ok(Self { out: Some(out), draft, path: path.to_owned() })
    }

    /// Makes the bytes durable and gives the file its name, in the place of one that had it.
    ///
    /// # Errors
    /// Those of the file system; then the old file is still there.
    pub fn finish(mut self) -> io::Result<()> {
        let file = match self.out.take() {
            Some(Out::Plain(file)) => file,
            Some(Out::Packed(packed)) => packed.finish()?,
            None => return Ok(()),
        };
        let done = file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        let done = done.and_then(|()| fs::rename(&self.draft, &self.path));
        if done.is_err() {
            let _ = fs::remove_file(&self.draft);
        }
        done
    }

    fn writer(&mut self) -> io::Result<&mut dyn Write> {
        match &mut self.out {
            Some(Out::Plain(file)) => Ok(file),
            Some(Out::Packed(packed)) => Ok(packed),
            None => Err(io::Error::other("the file is finished")),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer()?.flush()
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if self.out.take().is_some() {
            let _ = fs::remove_file(&self.draft);
        }
    }
}
