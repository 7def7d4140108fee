//! Tables: ours and those of other systems. The first byte says what the file holds and is taken for, the second in which pieces it comes.

#![no_main]

#[path = "../../tests/files/any_bytes.rs"]
mod any_bytes;

use libfuzzer_sys::fuzz_target;
use shopctl::files::{Format, Noun};

const NOUNS: [Noun; 4] = [Noun::Users, Noun::Products, Noun::Orders, Noun::Inventory];
const FORMATS: [Option<Format>; 4] = [None, Some(Format::Csv), Some(Format::Tsv), None];

fuzz_target!(|input: &[u8]| {
    let [what, piece, file @ ..] = input else { return };
    let what = usize::from(*what);
    any_bytes::check(NOUNS[what % 4], FORMATS[what / 4 % 4], file, usize::from(*piece));
});
