//! The bytes of a file: unpacked, without the mark in front, as much at a time as a record needs.

use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::error::FileError;

/// How much is read at a time, in bytes.
const STEP: usize = 64 * 1024;

/// The largest record, in bytes. Whoever opens a quote and never closes it finds out here, not when the memory ends.
pub(super) const MAX_RECORD: usize = 1024 * 1024;

/// A file, read through a buffer that grows to what one record needs.
pub(super) struct Input {
    source: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
}

/// Counts what is taken from the file as it lies on the disk.
struct Counting {
    source: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Input {
    /// Starts to read, unpacking gzip (RFC 1952, of several members too) if that is what it is.
    ///
    /// # Errors
    /// `not_utf8` for UTF-16, `unreadable_file` where reading fails.
    pub(super) fn open(source: Box<dyn Read + Send>, count: Arc<AtomicU64>) -> Result<Self, FileError> {
        let mut source: Box<dyn Read + Send> = Box::new(Counting { source, count });
        let mut magic = Vec::with_capacity(2);
        (&mut source).take(2).read_to_end(&mut magic).map_err(|error| FileError::unreadable(&error))?;
        let packed = magic == [0x1f, 0x8b];
        source = Box::new(Cursor::new(magic).chain(source));
        if packed {
            source = Box::new(MultiGzDecoder::new(BufReader::with_capacity(STEP, source)));
        }
        let mut input = Self { source, buffer: Vec::new(), start: 0, end: 0, at_end: false };
        input.grow()?;
        input.skip_mark()?;
        Ok(input)
    }

    /// Passes over the byte order mark of UTF-8; that of UTF-16, or its zero bytes, is another encoding.
    fn skip_mark(&mut self) -> Result<(), FileError> {
        while self.end < 4 && self.grow()? {}
        match self.filled() {
            [0xef, 0xbb, 0xbf, ..] => self.consume(3),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => {
                return Err(FileError::fatal(
                    "not_utf8",
                    "the file is UTF-16, not UTF-8: save it as UTF-8, or convert it with \
                     `iconv -f UTF-16 -t UTF-8`",
                )
                .at(1));
            }
            _ => {}
        }
        Ok(())
    }

    /// What has been read and not yet consumed.
    pub(super) fn filled(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Whether nothing comes behind [`filled`](Self::filled).
    pub(super) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Reads more; `false` at the end of the file.
    pub(super) fn grow(&mut self) -> Result<bool, FileError> {
        if self.at_end {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        // Twice what is there: whoever looks at the beginning again and again does so seldom.
        self.buffer.resize((self.end * 2).max(STEP), 0);
        let read = loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.map_err(|error| FileError::unreadable(&error))?,
            }
        };
        self.end += read;
        self.at_end = read == 0;
        Ok(read > 0)
    }

    /// Done with this many bytes.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = self.end.min(self.start + bytes);
    }
}

/// Line breaks in a text: LF, CR LF, and CR alone.
pub(super) fn breaks(text: &[u8]) -> u64 {
    let mut count = 0;
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
        count += 1;
        let long = rest[at] == b'\r' && rest.get(at + 1) == Some(&b'\n');
        rest = &rest[at + 1 + usize::from(long)..];
    }
    count
}

/// Bytes as text. The error names the line and the byte, and guesses what the file is.
pub(super) fn utf8(bytes: &[u8], line: u64) -> Result<&str, FileError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = &bytes[..error.valid_up_to()];
        let byte = bytes.get(good.len()).copied().unwrap_or_default();
        FileError::fatal(
            "not_utf8",
            format!(
                "byte 0x{byte:02X} is not UTF-8; the file is probably Latin-1 or Windows-1252: save it as UTF-8, or \
                 convert it with `iconv -f WINDOWS-1252 -t UTF-8`"
            ),
        )
        .at(line + breaks(good))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(bytes: &'static [u8]) -> Result<Input, FileError> {
        Input::open(Box::new(bytes), Arc::default())
    }

    #[test]
    fn a_mark_in_front_is_no_text() {
        assert_eq!(open(b"\xef\xbb\xbfsku").unwrap().filled(), b"sku");
        assert_eq!(open(b"").unwrap().filled(), b"");
    }

    #[test]
    fn other_encodings_are_named() {
        for bytes in [&b"\xff\xfes\0k\0"[..], b"\xfe\xff\0s\0k", b"s\0k\0", b"\0s\0k"] {
            let error = open(bytes).err().unwrap();
            assert!(error.is_fatal() && error.detail.contains("UTF-16"), "{error}");
        }
        let error = utf8(b"a\r\nb\rc\nd\xe9", 10).unwrap_err();
        assert_eq!((error.line, error.code), (Some(13), "not_utf8"));
        assert!(error.detail.contains("0xE9") && error.detail.contains("Latin-1"), "{error}");
    }
}
