//! Ids only, one a line.

use std::io::{self, Write};

use super::printer::Encoder;
use super::row::Row;
use super::ui::Out;

/// `-o id`.
pub(super) struct Id;

impl<T: Row> Encoder<T> for Id {
    fn page(&mut self, out: &mut Out, rows: &[T]) -> io::Result<()> {
        rows.iter().try_for_each(|row| writeln!(out, "{}", row.id()))
    }
}
