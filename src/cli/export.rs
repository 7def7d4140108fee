//! What every `export` has in common: where the file goes, and how it is laid out.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use super::meter::Meter;
use crate::files::Format;
use crate::files::write::{Entry, Layout, Target, WriteOptions, Writer};
use crate::output::Sink;

/// Where the file goes, and how it is laid out.
#[derive(Debug, Args)]
#[command(next_help_heading = "File options")]
pub(super) struct FileArgs {
    /// The file to write, packed where its name ends in .gz; - for standard output
    #[arg(value_name = "FILE", default_value = "-")]
    file: PathBuf,
    /// csv, tsv, json or jsonl [default: as the file's name ends, else csv]
    #[arg(long, value_name = "FORMAT", add = super::completion::file_formats())]
    file_format: Option<String>,
    /// Keep spreadsheets from taking a value for a formula; an import takes the mark off again
    #[arg(long)]
    excel_safe: bool,
}

/// An export under way.
pub(super) struct Export<'a> {
    app: &'a App,
    what: &'static str,
    place: Place<'a>,
    meter: Option<Meter<'a>>,
    written: u64,
}

enum Place<'a> {
    Output(Writer<Sink<'a>>),
    File(Box<Writer<Target>>, &'a Path),
}

impl FileArgs {
    /// Begins the file of things called `what`. An export may take as long as it takes.
    ///
    /// # Errors
    /// `invalid_format`; `file_unwritable`, exit 2.
    pub(super) fn begin<'a>(
        &'a self,
        app: &'a App,
        what: &'static str,
        layout: Layout,
    ) -> Result<Export<'a>, Failure> {
        let format = match &self.file_format {
            Some(word) => word.parse()?,
            None => by_name(&self.file),
        };
        let options = WriteOptions { format, excel_safe: self.excel_safe };
        app.deadline.lift();
        let standard = self.file.as_os_str() == "-";
        let place = if standard {
            Place::Output(Writer::new(app.ui.sink(), layout, options)?)
        } else {
            let unwritable = |error: io::Error| unwritable(Exit::Usage, &self.file, &error);
            let target = Target::create(&self.file).map_err(unwritable)?;
            let writer = Writer::new(target, layout, options).map_err(unwritable)?;
            Place::File(Box::new(writer), &self.file)
        };
        let meter = (!standard).then(|| Meter::new(&app.ui, "writing"));
        Ok(Export { app, what, place, meter, written: 0 })
    }
}

impl Export<'_> {
    /// Writes the next thing.
    ///
    /// # Errors
    /// `file_unwritable`; a closed pipe, which is none.
    pub(super) fn write(&mut self, entry: &Entry) -> Outcome {
        match &mut self.place {
            Place::Output(writer) => writer.write(entry)?,
            Place::File(writer, path) => {
                writer.write(entry).map_err(|error| unwritable(Exit::Internal, path, &error))?;
            }
        }
        self.written += 1;
        if let Some(meter) = &self.meter {
            meter.show(self.what, self.written);
        }
        Ok(())
    }

    /// Ends the file and, where it is none that is read right away, says what is in it.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(super) fn end(self) -> Outcome {
        drop(self.meter);
        match self.place {
            Place::Output(writer) => {
                writer.finish()?;
            }
            Place::File(writer, path) => {
                let done = writer.finish().and_then(Target::finish);
                done.map_err(|error| unwritable(Exit::Internal, path, &error))?;
                let (count, what) = (self.written, self.what);
                self.app.ui.notice(&format!("{what} written to {}: {count}", path.display()));
            }
        }
        Ok(())
    }
}

/// What the end of a name says, whether or not `.gz` follows.
fn by_name(path: &Path) -> Format {
    let name = path.to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("tsv" | "tab") => Format::Tsv,
        Some("json") => Format::Json,
        Some("jsonl" | "ndjson") => Format::Jsonl,
        _ => Format::Csv,
    }
}

fn unwritable(exit: Exit, path: &Path, error: &io::Error) -> Failure {
    let detail = format!("{:?} cannot be written: {error}", path.display().to_string());
    Failure::new(exit, "file_unwritable", detail)
}
