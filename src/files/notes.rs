//! What a reader saw and does not hand on. Nothing is dropped in silence.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What was read and is not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Columns that shopctl has no place for, in the order of the file, and how many of their cells held something.
    pub unkept: Vec<(Arc<str>, u64)>,
    /// Rows without any value, as spreadsheets leave them below a table.
    pub blank_rows: u64,
    /// The column of the price that was taken, of several currencies.
    pub choice: Option<Arc<str>>,
    /// What else there is to say: a sentence fragment, and of how many rows it is true.
    pub remarks: BTreeMap<String, u64>,
}

impl Notes {
    /// One more row of which this is true.
    pub(super) fn remark(&mut self, text: &str) {
        if let Some(count) = self.remarks.get_mut(text) {
            *count += 1;
        } else {
            self.remarks.insert(text.to_owned(), 1);
        }
    }

    /// Columns that held something and are not kept.
    pub fn dropped(&self) -> impl Iterator<Item = (&str, u64)> {
        self.unkept.iter().filter(|(_, count)| *count > 0).map(|(column, count)| (&**column, *count))
    }
}
