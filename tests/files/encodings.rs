//! How the bytes of a file may come.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use shopctl::files::{Noun, ReadOptions, Reader};

use super::support::{products, read, refusal, text};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_is_told_by_its_first_bytes_and_may_have_several_members() {
    let mut file = gzip(b"sku,name\nA,a\nB");
    file.extend(gzip(b",b\n"));
    let records = read(Noun::Products, &file);
    assert_eq!(text(records[1].as_ref().unwrap(), "name"), "b");
    file.truncate(file.len() - 10);
    assert_eq!(refusal(Noun::Products, &file).code, "unreadable_file");
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(text(&products("\u{feff}sku,name\nA,a\n")[0], "sku"), "A");
    assert_eq!(text(&products("\u{feff}[{\"sku\":\"A\"}]")[0], "sku"), "A");
}

#[test]
fn other_encodings_are_refused_with_line_and_byte() {
    let error = refusal(Noun::Products, b"sku,name\r\nA,\"a\r\nb\"\r\nB,caf\xe9\r\n");
    assert_eq!((error.line, error.code), (Some(4), "not_utf8"));
    assert!(error.detail.contains("byte 0xE9") && error.detail.contains("Windows-1252"), "{error}");
    let error = refusal(Noun::Products, b"[\n{\"sku\":\"A\"},\n{\"sku\":\"caf\xe9\"}]");
    assert_eq!((error.line, error.code), (Some(3), "not_utf8"));
    let error = refusal(
        Noun::Products,
        &"\u{feff}sku,name\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
    );
    assert!(error.detail.contains("UTF-16"), "{error}");
}

/// A reader that gives one byte at a time.
struct Drops(Vec<u8>, usize);

impl Read for Drops {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(byte) = self.0.get(self.1) else { return Ok(0) };
        buffer[0] = *byte;
        self.1 += 1;
        Ok(1)
    }
}

#[test]
fn it_does_not_matter_how_the_bytes_arrive() {
    for file in [
        &b"\xef\xbb\xbfsku,name\r\nA,\"\xc3\xa9\r\n\"\"x\"\r\n\r\nB,b\r"[..],
        b"{\"items\" : [ {\"sku\":\"A\\\"\"} , {\"sku\":\"B\"}\r\n]}",
        b"{\"sku\":\"A\"}\r\n{\"sku\":\"B\"}",
        b"sku,name\nA,\"a\"b\r\nB,b",
        &gzip(b"sku\nA\nB\n"),
    ] {
        let options = ReadOptions::new(Noun::Products);
        let slow: Vec<_> = Reader::open(Box::new(Drops(file.to_vec(), 0)), &options).unwrap().collect();
        assert_eq!(slow.len(), 2);
        assert_eq!(slow, read(Noun::Products, file));
    }
}
