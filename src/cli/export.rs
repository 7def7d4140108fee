//! What every `export` has in common: where the file goes, and how it is laid out.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::app::App;
use super::exit::Exit;
use super::failure::Failure;
use super::meter::Meter;
use crate::files::Format;
use crate::files::write::{Columns, Entry, Family, ForeignWriter, Layout, Target, WriteOptions, Writer};
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
    writer: Writer<Out<'a>>,
    course: Course<'a>,
}

/// A file for another system under way.
pub(super) struct ForeignExport<'a> {
    writer: ForeignWriter<Out<'a>>,
    course: Course<'a>,
}

/// Where the bytes go.
enum Out<'a> {
    Standard(Sink<'a>),
    File(Target),
}

/// How far it is, and what to say of it.
struct Course<'a> {
    app: &'a App,
    what: &'static str,
    /// Of a file.
    path: Option<&'a Path>,
    meter: Option<Meter<'a>>,
    written: u64,
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
        let (out, course) = self.open(app, what)?;
        let writer = Writer::new(out, layout, options);
        Ok(Export { writer: writer.map_err(|error| course.begun(error))?, course })
    }

    /// Sees that a file for another system has a name for one.
    ///
    /// # Errors
    /// Exit 2 for a name that says another layout than CSV.
    pub(super) fn is_foreign(&self) -> Outcome {
        if by_name(&self.file) == Format::Csv {
            return Ok(());
        }
        let name = self.file.display().to_string();
        Err(Failure::usage(format!("a file for another system is CSV, and the name {name:?} says otherwise")))
    }

    /// Begins a file of products for another system.
    ///
    /// # Errors
    /// `file_unwritable`, exit 2.
    pub(super) fn begin_foreign<'a>(
        &'a self,
        app: &'a App,
        columns: Columns,
    ) -> Result<ForeignExport<'a>, Failure> {
        let (out, course) = self.open(app, "products")?;
        let writer = ForeignWriter::new(out, columns);
        Ok(ForeignExport { writer: writer.map_err(|error| course.begun(error))?, course })
    }

    fn open<'a>(&'a self, app: &'a App, what: &'static str) -> Result<(Out<'a>, Course<'a>), Failure> {
        app.deadline.lift();
        let mut course = Course { app, what, path: None, meter: None, written: 0 };
        if self.file.as_os_str() == "-" {
            return Ok((Out::Standard(app.ui.sink()), course));
        }
        course.path = Some(&self.file);
        let target = Target::create(&self.file).map_err(|error| course.begun(error))?;
        course.meter = Some(Meter::new(&app.ui, "writing"));
        Ok((Out::File(target), course))
    }
}

impl Export<'_> {
    /// Writes the next thing.
    ///
    /// # Errors
    /// `file_unwritable`; a closed pipe, which is none.
    pub(super) fn write(&mut self, entry: &Entry) -> Outcome {
        let written = self.writer.write(entry);
        self.course.on(written, 1)
    }

    /// Ends the file and, where it is none that is read right away, says what is in it.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(super) fn end(self) -> Outcome {
        let Self { writer, course } = self;
        let out = writer.finish().map_err(|error| course.failed(error))?;
        course.end(out)
    }
}

impl ForeignExport<'_> {
    /// Writes the next family.
    ///
    /// # Errors
    /// As [`Export::write`].
    pub(super) fn write(&mut self, family: &Family) -> Outcome {
        let written = self.writer.write(family);
        self.course.on(written, family.products())
    }

    /// Ends the file, and says what is in it and what of it is not.
    ///
    /// # Errors
    /// As [`Export::write`].
    pub(super) fn end(self) -> Outcome {
        let Self { writer, course } = self;
        let (out, losses) = writer.finish().map_err(|error| course.failed(error))?;
        let app = course.app;
        course.end(out)?;
        for loss in losses.iter() {
            app.ui.notice(&format!("not in the file as in the shop: {loss}"));
        }
        Ok(())
    }
}

impl Course<'_> {
    /// So many more are written.
    fn on(&mut self, written: io::Result<()>, count: u64) -> Outcome {
        written.map_err(|error| self.failed(error))?;
        self.written += count;
        if let Some(meter) = &self.meter {
            meter.show(self.what, self.written);
        }
        Ok(())
    }

    fn end(mut self, out: Out<'_>) -> Outcome {
        self.meter = None;
        if let Out::File(target) = out {
            target.finish().map_err(|error| self.failed(error))?;
        }
        if let Some(path) = self.path {
            let (count, what) = (self.written, self.what);
            self.app.ui.notice(&format!("{what} written to {}: {count}", path.display()));
        }
        Ok(())
    }

    /// The file cannot be begun.
    fn begun(&self, error: io::Error) -> Failure {
        self.failure(Exit::Usage, error)
    }

    /// It cannot be gone on with.
    fn failed(&self, error: io::Error) -> Failure {
        self.failure(Exit::Internal, error)
    }

    fn failure(&self, exit: Exit, error: io::Error) -> Failure {
        let Some(path) = self.path else { return error.into() };
        let detail = format!("{:?} cannot be written: {error}", path.display().to_string());
        Failure::new(exit, "file_unwritable", detail)
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(sink) => sink.write(bytes),
            Self::File(target) => target.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(sink) => sink.flush(),
            Self::File(target) => target.flush(),
        }
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
