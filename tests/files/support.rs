//! Reading texts as files.

use shopctl::files::{FileError, Noun, ReadOptions, Reader, Record};

/// Opens a text.
pub(super) fn open(text: &[u8], options: &ReadOptions) -> Result<Reader, FileError> {
    Reader::open(Box::new(std::io::Cursor::new(text.to_vec())), options)
}

/// Reads a text of this noun to its end.
pub(super) fn read(noun: Noun, text: &[u8]) -> Vec<Result<Record, FileError>> {
    open(text, &ReadOptions::new(noun)).unwrap_or_else(|error| panic!("{error}")).collect()
}

/// Reads products that are all good.
pub(super) fn products(text: &str) -> Vec<Record> {
    read(Noun::Products, text.as_bytes()).into_iter().map(|read| read.unwrap()).collect()
}

/// Why a text of products is refused as a whole, at its header or at its last record.
pub(super) fn refusal(noun: Noun, text: &[u8]) -> FileError {
    match open(text, &ReadOptions::new(noun)) {
        Err(error) => error,
        Ok(reader) => {
            let last = reader.last().expect("an error").expect_err("a refusal");
            assert!(last.is_fatal(), "{last}");
            last
        }
    }
}

/// The text of a field.
pub(super) fn text<'a>(record: &'a Record, field: &str) -> &'a str {
    record.get(field).and_then(|cell| cell.value.as_text()).unwrap_or_else(|| panic!("{field} of {record:?}"))
}

/// Line and texts of the cells.
pub(super) fn flat(record: &Record) -> (u64, Vec<(&str, &str)>) {
    let cells = record.cells.iter().map(|cell| (&*cell.field, cell.value.as_text().unwrap_or("…")));
    (record.line, cells.collect())
}
