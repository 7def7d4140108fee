//! The file of rows that were not taken.

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Job;
use super::report::Rejection;
use super::rows::Rows;
use crate::domain::invalid::Invalid;
use crate::files::{Record, Rejects};
use crate::service::error::{Error, Result};

/// Rows that were not taken, in the columns of their file and with the reason. It gets its name when it is whole.
pub(super) struct RejectsFile {
    rejects: Rejects<BufWriter<NamedTempFile>>,
    path: PathBuf,
}

impl RejectsFile {
    /// For the rows of this import's file.
    ///
    /// # Errors
    /// `unwritable_file`.
    pub(super) fn create(path: &Path, job: &Job) -> Result<Self> {
        let Rows::File(reader) = Rows::open(&job.source, &job.layout)? else {
            let detail = "a plan has no rows of its own to give back";
            return Err(Error::invalid("/rejects", Invalid::new("unwritable_file", detail)));
        };
        let directory =
            path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let draft = NamedTempFile::new_in(directory).map_err(|error| unwritable(path, &error))?;
        let rejects =
            Rejects::new(BufWriter::new(draft), &reader).map_err(|error| unwritable(path, &error))?;
        Ok(Self { rejects, path: path.to_owned() })
    }

    pub(super) fn add(&mut self, record: &Record, reasons: &[Rejection]) -> Result<()> {
        let reason: Vec<String> = reasons.iter().map(ToString::to_string).collect();
        self.rejects.write(&record.raw, &reason.join("; ")).map_err(|error| unwritable(&self.path, &error))
    }

    /// Gives the file its name.
    pub(super) fn finish(self) -> Result<()> {
        let Self { rejects, path } = self;
        let written = rejects.finish().map_err(|error| unwritable(&path, &error))?;
        let draft = written.into_inner().map_err(|error| unwritable(&path, error.error()))?;
        draft.persist(&path).map(drop).map_err(|error| unwritable(&path, &error.error))
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    let detail = format!("{:?} cannot be written: {error}", path.display().to_string());
    Error::invalid("/rejects", Invalid::new("unwritable_file", detail))
}
