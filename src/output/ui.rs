//! The one writer of standard output and standard error.

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal, Write};

use super::error::Report;
use super::text::visible;
use super::{ColorChoice, Format};

/// How many bytes are gathered before they are written.
const BUFFER: usize = 64 * 1024;

/// How to talk.
#[derive(Debug, Clone, Default)]
pub(crate) struct UiOptions {
    /// The format asked for; otherwise a table on a terminal and tab-separated text elsewhere.
    pub(crate) format: Option<Format>,
    /// Columns asked for.
    pub(crate) fields: Option<Vec<String>>,
    /// No header lines.
    pub(crate) no_headers: bool,
    /// When to use colours.
    pub(crate) color: ColorChoice,
    /// No notices, only results and errors.
    pub(crate) quiet: bool,
    /// Say more.
    pub(crate) verbose: bool,
}

/// Writes results to standard output and everything else to standard error.
///
/// Results are gathered; what has not been written when a command fails never is, so that a failure leaves standard output empty
/// unless a long list had begun.
pub(crate) struct Ui {
    options: UiOptions,
    format: Format,
    colored: bool,
    out: RefCell<Out>,
    /// Whether a line of progress stands on standard error.
    in_progress: Cell<bool>,
}

/// A buffer in front of standard output.
#[derive(Default)]
pub(super) struct Out {
    buffer: Vec<u8>,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.emit()?;
        }
        Ok(bytes.len())
    }

    /// Keeps what is gathered: only the end of a command, or of a page that somebody watches, writes it.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Out {
    fn emit(&mut self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(&self.buffer)?;
        self.buffer.clear();
        stdout.flush()
    }
}

/// See [`Ui::sink`].
pub(crate) struct Sink<'a>(&'a Ui);

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.with_out(|out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Ui {
    /// A writer that talks like this.
    pub(crate) fn new(options: UiOptions) -> Self {
        let format = options
            .format
            .unwrap_or_else(|| if io::stdout().is_terminal() { Format::Table } else { Format::Tsv });
        let plain = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colored = match options.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => io::stderr().is_terminal() && !plain("NO_COLOR") && !dumb,
        };
        Self { options, format, colored, out: RefCell::default(), in_progress: Cell::new(false) }
    }

    /// The format of results.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Columns asked for with `--fields`.
    pub(super) fn fields(&self) -> Option<&[String]> {
        self.options.fields.as_deref()
    }

    /// Whether headers are printed.
    pub(super) fn headers(&self) -> bool {
        !self.options.no_headers
    }

    /// Whether somebody looks at standard output.
    pub(crate) fn is_watched() -> bool {
        io::stdout().is_terminal()
    }

    /// Gathers what `write` has to say on standard output.
    ///
    /// # Errors
    /// Those of standard output, `BrokenPipe` among them.
    pub(super) fn with_out<T>(&self, write: impl FnOnce(&mut Out) -> io::Result<T>) -> io::Result<T> {
        write(&mut self.out.borrow_mut())
    }

    /// Gathers a result that is text by nature: a script, a page, a document.
    pub(crate) fn raw(&self, text: &str) -> io::Result<()> {
        self.with_out(|out| out.write_all(text.as_bytes()))
    }

    /// Standard output for a file that is written there: gathered like everything else.
    pub(crate) fn sink(&self) -> Sink<'_> {
        Sink(self)
    }

    /// Writes what was gathered.
    pub(crate) fn flush(&self) -> io::Result<()> {
        self.out.borrow_mut().emit()
    }

    /// Forgets what was gathered: the command failed.
    pub(crate) fn discard(&self) {
        self.out.borrow_mut().buffer.clear();
    }

    /// Says something on standard error, unless asked to be quiet.
    pub(crate) fn notice(&self, text: &str) {
        if !self.options.quiet {
            say(&format!("{}\n", visible(text)));
        }
    }

    /// Says something on standard error if asked to say more.
    pub(crate) fn remark(&self, text: &str) {
        if self.options.verbose {
            self.notice(text);
        }
    }

    /// Writes a line on standard error over the one before, where somebody watches.
    pub(crate) fn progress(&self, text: &str) {
        if self.options.quiet || !io::stderr().is_terminal() {
            return;
        }
        let width = console::Term::stderr().size_checked().map_or(80, |(_, width)| usize::from(width));
        let text: String = visible(text).chars().take(width.saturating_sub(1)).collect();
        self.in_progress.set(true);
        say(&format!("\r\x1b[K{text}"));
    }

    /// Takes the line of progress away.
    pub(crate) fn end_progress(&self) {
        if self.in_progress.replace(false) {
            say("\r\x1b[K");
        }
    }

    /// Tells an error: as text, or as one JSON object where results are JSON.
    pub(crate) fn error(&self, report: &Report<'_>) {
        if self.format.is_json() {
            say(&report.json());
        } else {
            say(&report.text(self.colored));
        }
    }
}

/// Where even standard error is closed there is nobody left to tell.
fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
