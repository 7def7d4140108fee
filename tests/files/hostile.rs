//! Files that nobody meant to write, and those that the fuzzer found.

use proptest::collection::vec;
use proptest::prelude::*;
use shopctl::files::{Format, Noun};

use super::any_bytes::check;
use super::support::{products, refusal};

const NOUNS: [Noun; 4] = [Noun::Users, Noun::Products, Noun::Orders, Noun::Inventory];

/// What tables are made of, and what breaks them.
fn table() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![",", ";", "\t", "|", "\"", "\"\"", "\n", "\r\n", "\r", " ", "'"]),
        4 => prop::sample::select(vec!["sku", "name", "price", "email", "external_ref", "quantity", "on_hand", "reject_reason"]),
        2 => prop::sample::select(vec!["1", "12.50", "A", "é", "\u{feff}", "\u{0}", "=1", "-", "[]", "{\"a\":1}"]),
        1 => prop::sample::select(vec!["Handle", "Variant SKU", "Option1 Name", "Parent", "Regular price", "On hand (new)"]),
    ];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

/// The same for JSON.
fn objects() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec!["{", "}", "[", "]", ",", ":", "\"", "\n", " ", "\r\n"]),
        4 => prop::sample::select(vec!["\"sku\":", "\"tags\":", "\"items\":", "\"reject_reason\":", "\"lines\":", "\"metadata\":"]),
        4 => prop::sample::select(vec!["\"A\"", "1", "-0", "1e400", "true", "null", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "\u{feff}"]),
        2 => prop::sample::select(vec!["{\"sku\":\"A\"}", "[{\"sku\":\"A\"}", "{\"sku\":\"A\"},", "{\"sku\":\"A\"}\n"]),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_table_is_read_otherwise_in_pieces_or_by_way_of_its_rejects(
        noun in prop::sample::select(&NOUNS), bytes in table(), piece in 1_usize..9,
    ) {
        check(noun, None, &bytes, piece);
        check(noun, Some(Format::Csv), &bytes, piece);
    }

    #[test]
    fn no_json_is_read_otherwise_in_pieces_or_by_way_of_its_rejects(
        noun in prop::sample::select(&NOUNS), bytes in objects(), piece in 1_usize..9,
    ) {
        check(noun, Some(Format::Json), &bytes, piece);
        check(noun, Some(Format::Jsonl), &bytes, piece);
    }
}

/// Each once broke a promise of [`check`].
#[test]
fn what_was_found_before_is_read_as_promised() {
    for (noun, format, bytes) in [
        // The rejects lost what stood behind an empty object.
        (Noun::Users, Some(Format::Jsonl), &b"{}{"[..]),
        // How lines stand was told from how much had arrived.
        (Noun::Users, Some(Format::Json), b"{{\"sku\":\"A\"}\n\"sku\":}"),
        // A form feed behind a value was read for ever.
        (Noun::Users, Some(Format::Jsonl), b"{\"email\":\"a@b.c\"}\x0c\r\n{}"),
        (Noun::Products, Some(Format::Json), b"{\"sku\":1}\x0c\n\x0c"),
        // Nothing but white space in an object.
        (Noun::Products, Some(Format::Jsonl), b"{\"sku\":\"A\"}\n{\r\r}\n"),
        // A CR at the very end was taken for a line.
        (Noun::Products, Some(Format::Jsonl), b"{\"sku\":\"A\"}\n\r"),
        // The row in the middle was lost to the rejects, and the one behind it took its place.
        (Noun::Orders, None, b"external_ref,sku,quantity\n1,A,1\n9,B,2,?\n1,C,3\n"),
        (Noun::Products, None, b"Handle,Title,Variant SKU,Variant Price\na,A,A,1\nb,B,B,1,?\nb,,,\n"),
        // The reason of a rejects file goes on behind its closing quote, in the middle of a character.
        (Noun::Products, None, "reject_reason,sku\n\"no\"Ծ,A\n".as_bytes()),
        (Noun::Products, None, "sku,reject_reason\nA,\"no\"Ծ\n".as_bytes()),
        // There was nothing to write of a row without columns.
        (Noun::Users, None, b"reject_reason\n,sku"),
    ] {
        (1..9).for_each(|piece| check(noun, format, bytes, piece));
    }
    assert_eq!(refusal(Noun::Users, b"reject_reason\nno\n").code, "missing_header");
    assert_eq!(products("{\"sku\":\"A\"}\n\r").len(), 1);
}
