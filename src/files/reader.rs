//! Opens a file, tells what it is, and reads its records.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::dialect::Dialect;
use super::error::FileError;
use super::input::Input;
use super::notes::Notes;
use super::objects::ObjectTable;
use super::options::{Format, ReadOptions};
use super::record::Record;
use super::table::Table;

/// Reads one record after the other, with the memory of one.
///
/// A bad row is an `Err`, and reading goes on behind it. After an error that [is fatal](FileError::is_fatal) nothing follows.
pub struct Reader {
    source: Source,
    format: Format,
    delimiter: u8,
    notes: Notes,
    count: Arc<AtomicU64>,
}

enum Source {
    Table(Box<Table>),
    Objects(Box<ObjectTable>),
}

impl Reader {
    /// Reads the beginning of a file: what it is, and its header.
    ///
    /// # Errors
    /// `unreadable_file`, `not_utf8`, `missing_header`, `duplicate_column`, `too_many_columns`, `unknown_column`, `invalid_json`; all fatal.
    pub fn open(source: Box<dyn Read + Send>, options: &ReadOptions) -> Result<Self, FileError> {
        let count = Arc::new(AtomicU64::new(0));
        let mut input = Input::open(source, Arc::clone(&count))?;
        let mut notes = Notes::default();
        let format = match options.format {
            Some(format) => format,
            None => guess(&mut input, options.named_lines)?,
        };
        if matches!(format, Format::Json | Format::Jsonl) {
            let objects = ObjectTable::new(input, options)?;
            let format = objects.format();
            return Ok(Self {
                source: Source::Objects(Box::new(objects)),
                format,
                delimiter: b',',
                notes,
                count,
            });
        }
        let delimiter = match (options.delimiter, format) {
            (Some(delimiter), _) => delimiter,
            (None, Format::Tsv) => b'\t',
            (None, _) => delimiter(&mut input)?,
        };
        let format = if delimiter == b'\t' { Format::Tsv } else { Format::Csv };
        let table = Table::new(input, delimiter, options, &mut notes)?;
        Ok(Self { source: Source::Table(Box::new(table)), format, delimiter, notes, count })
    }

    /// How the file is laid out.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What separates the values of a table.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Whose file it is.
    pub fn dialect(&self) -> Dialect {
        match &self.source {
            Source::Table(table) => table.dialect(),
            Source::Objects(_) => Dialect::Shopctl,
        }
    }

    /// The columns of a table in the file's own order and words; none for JSON.
    pub fn header(&self) -> &[Arc<str>] {
        match &self.source {
            Source::Table(table) => table.header(),
            Source::Objects(_) => &[],
        }
    }

    /// Where a rejects file's own column of reasons stands, which is left out of [`Record::raw`].
    pub(super) fn reason(&self) -> Option<usize> {
        match &self.source {
            Source::Table(table) => table.reason(),
            Source::Objects(_) => None,
        }
    }

    /// What was seen so far and is not kept.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Bytes taken from the file so far, as it lies on the disk; to be read from any thread.
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.count)
    }

    /// Bytes taken from the file so far, as it lies on the disk.
    pub fn position(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

impl Iterator for Reader {
    type Item = Result<Record, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Table(table) => table.read(&mut self.notes),
            Source::Objects(objects) => objects.read(&mut self.notes),
        }
    }
}

/// JSON begins with a bracket or a brace; no header does.
fn guess(input: &mut Input, named_lines: bool) -> Result<Format, FileError> {
    loop {
        match input.filled().iter().copied().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[') => return Ok(Format::Json),
            Some(_) => return Ok(Format::Csv),
            None if !input.grow()? => return Ok(if named_lines { Format::Jsonl } else { Format::Csv }),
            None => {}
        }
    }
}

/// What separates the names in the header: of comma, semicolon, tab and bar the one that is there most often outside quotes.
fn delimiter(input: &mut Input) -> Result<u8, FileError> {
    loop {
        let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
        let (mut quoted, mut begun, mut ended) = (false, false, false);
        for &byte in input.filled() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' | b'\r' if !quoted && begun => {
                    ended = true;
                    break;
                }
                _ if !quoted => {
                    begun |= !matches!(byte, b'\n' | b'\r');
                    counts.iter_mut().filter(|(known, _)| *known == byte).for_each(|(_, count)| *count += 1);
                }
                _ => {}
            }
        }
        if ended || input.filled().len() > super::input::MAX_RECORD || !input.grow()? {
            // The first of equals.
            let best = counts.iter().rev().max_by_key(|(_, count)| *count);
            return Ok(best.map_or(b',', |(delimiter, _)| *delimiter));
        }
    }
}
