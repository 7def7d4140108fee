//! What must hold of the readers whatever the bytes. The fuzz targets in `fuzz/` hold them to the same.

use std::io::{self, Read};
use std::sync::Arc;

use shopctl::files::{Dialect, FileError, Format, Notes, Noun, RawRow, ReadOptions, Reader, Record, Rejects};

/// A file that comes in pieces of so many bytes.
struct Pieces {
    bytes: Arc<[u8]>,
    at: usize,
    piece: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let count = rest.len().min(self.piece).min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

/// Everything that a reader says.
#[derive(Debug, PartialEq)]
struct Said {
    told: (Format, u8, Dialect),
    header: Vec<Arc<str>>,
    records: Vec<Result<Record, FileError>>,
    notes: Notes,
}

fn open(options: &ReadOptions, bytes: &[u8], piece: usize) -> Result<Reader, FileError> {
    Reader::open(Box::new(Pieces { bytes: bytes.into(), at: 0, piece: piece.max(1) }), options)
}

fn read(options: &ReadOptions, bytes: &[u8], piece: usize) -> Result<Said, FileError> {
    let mut reader = open(options, bytes, piece)?;
    let told = (reader.format(), reader.delimiter(), reader.dialect());
    let header = reader.header().to_vec();
    // More records than bytes there cannot be: it would never end.
    let records: Vec<_> = reader.by_ref().take(bytes.len() + 2).collect();
    assert!(records.len() <= bytes.len() + 1, "{} records of {} bytes", records.len(), bytes.len());
    Ok(Said { told, header, records, notes: reader.notes().clone() })
}

/// Reads these bytes and checks that nothing panics or goes on for ever, that the pieces in which they come make no difference, that
/// lines are those of the file, that nothing follows a fatal error, and that a file of all rejects is read as the file itself.
pub(crate) fn check(noun: Noun, format: Option<Format>, bytes: &[u8], piece: usize) {
    let options = ReadOptions { format, ..ReadOptions::new(noun) };
    let whole = read(&options, bytes, usize::MAX);
    assert_eq!(whole, read(&options, bytes, piece), "in pieces of {piece}");
    let Ok(whole) = whole else { return };
    let fatal = whole.records.iter().position(|read| matches!(read, Err(error) if error.is_fatal()));
    assert!(fatal.is_none_or(|at| at + 1 == whole.records.len()), "something follows a fatal error");
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        let most = 1 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
        let lines = whole.records.iter().flatten().flat_map(|record| {
            record
                .cells
                .iter()
                .map(|cell| cell.line)
                .chain([record.line])
                .chain(record.raw.iter().map(|row| row.line))
        });
        for line in lines {
            assert!((1..=most).contains(&line), "line {line} of {most}");
        }
    }
    if fatal.is_none() && may_be_repeated(&whole, bytes) {
        let rejects = rejected(&options, bytes);
        let options = ReadOptions { format: Some(whole.told.0), ..options };
        let again = read(&options, &rejects, usize::MAX);
        let again = again.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&rejects)));
        assert_eq!(texts(&again), texts(&whole), "{}", String::from_utf8_lossy(&rejects));
    }
}

/// Whether a file of all rejects must be read as the file itself. Not where there was a reason in it already, which may have been all that
/// a row had; not where a list has a broken value, which leaves it no way to go on; and neither a mark of the byte order nor a NUL may come
/// to stand where it tells of another encoding.
fn may_be_repeated(said: &Said, bytes: &[u8]) -> bool {
    let has = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    let broken = |read: &Result<_, FileError>| matches!(read, Err(error) if error.code == "invalid_json");
    let at_an_end = said.told.0 == Format::Json && said.records.iter().any(broken);
    !(has(b"reject_reason") || has("\u{feff}".as_bytes()) || has(b"\0") || at_an_end)
}

/// Rejects everything.
fn rejected(options: &ReadOptions, bytes: &[u8]) -> Vec<u8> {
    let mut reader = open(options, bytes, usize::MAX).expect("it was read before");
    let mut rejects = Rejects::new(Vec::new(), &reader).expect("memory");
    for read in reader.by_ref() {
        let raw = read.map_or_else(|error| error.raw.to_vec(), |record| record.raw);
        rejects.write(&raw, "no, \"good\"").expect("memory");
    }
    rejects.finish().expect("memory")
}

/// The code of the error, and the rows.
fn texts(said: &Said) -> Vec<(Option<&'static str>, Vec<String>)> {
    let mut texts = Vec::new();
    for read in &said.records {
        let (code, rows) = match read {
            Ok(record) => (None, record.raw.as_slice()),
            Err(error) => (Some(error.code), &*error.raw),
        };
        // White space within an object that holds nothing is not worth keeping.
        let text = |row: &RawRow| match row.text.strip_prefix('{') {
            Some(rest) if rest.trim() == "}" => "{}".to_owned(),
            _ => row.text.to_string(),
        };
        texts.push((code, rows.iter().map(text).collect()));
    }
    texts
}
