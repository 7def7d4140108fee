//! The file of what did not go in.

use shopctl::files::{FileError, Noun, ReadOptions, Record, Rejects};

use super::support::{open, read};

/// Rejects everything for one reason.
fn reject_all(noun: Noun, file: &[u8]) -> String {
    let mut reader = open(file, &ReadOptions::new(noun)).unwrap();
    let mut rejects = Rejects::new(Vec::new(), &reader).unwrap();
    for read in reader.by_ref() {
        let raw = read.map_or_else(|error| error.raw.to_vec(), |record| record.raw);
        rejects.write(&raw, "no, \"good\"").unwrap();
    }
    String::from_utf8(rejects.finish().unwrap()).unwrap()
}

/// The code of the error, and the rows.
type Content = (Option<&'static str>, Vec<String>);

/// What is read, without the lines.
fn content(noun: Noun, file: &[u8]) -> Vec<Content> {
    let texts =
        |raw: &[shopctl::files::RawRow]| raw.iter().map(|row| row.text.to_string()).collect::<Vec<_>>();
    let content = |read: Result<Record, FileError>| match read {
        Ok(record) => (None, texts(&record.raw)),
        Err(error) => (Some(error.code), texts(&error.raw)),
    };
    read(noun, file).into_iter().map(content).collect()
}

#[test]
fn it_holds_the_rows_as_they_stood_and_can_be_fed_back() {
    for (noun, file) in [
        (Noun::Products, &b"sku;name\n\"A\";\"a;\n\"\"a\"\nB\nC;c;c\nD;\"d\" d\n"[..]),
        (Noun::Products, b"sku\tname\nA\ta\n"),
        (Noun::Orders, b"external_ref,sku,quantity\n1,A,1\n1,B,2\n2,A,1\n"),
        (Noun::Products, b"{\"sku\":\"A\"}\n{}\n{\"sku\":\n"),
        (Noun::Products, b"[{\"sku\":\"A\",\n\"tags\":[]},{},7]"),
        (Noun::Products, b"[]"),
    ] {
        let once = reject_all(noun, file);
        assert_eq!(content(noun, once.as_bytes()), content(noun, file), "{once}");
        assert_eq!(reject_all(noun, once.as_bytes()), once, "a second time nothing is added");
    }
}

#[test]
fn the_reason_stands_first() {
    let rejects = reject_all(Noun::Orders, b"external_ref,sku,quantity\n1,A,1\n1,B,2\n");
    let expected = "reject_reason,external_ref,sku,quantity\n\"no, \"\"good\"\"\",1,A,1\n,1,B,2\n";
    assert_eq!(rejects, expected);
    let rejects = reject_all(Noun::Products, b"[{\"sku\":\"A\"}]");
    assert_eq!(rejects, "[\n{\"reject_reason\":\"no, \\\"good\\\"\",\"sku\":\"A\"}\n]\n");
}
