//! Exports: everything of a kind in the order of its ids, as files hold it.
//!
//! Things go by in pages and are not gathered. Each noun says in its own folder what its file holds; an import of that file into a store
//! without these things makes the same things again, so that the next export is the same to the byte. Of users no password hash goes out;
//! `store copy` moves whole shops.

use std::collections::BTreeMap;

use crate::domain::page::{Page, PageRequest, Position, SortBy};
use crate::domain::product::Labels;
use crate::files::Value;
use crate::service::error::Error;
use crate::store;

/// Things read at once.
const ROWS: usize = 500;

/// Hands every thing of a list to `each` and says how many there were.
pub(super) async fn walk<F: Copy, T, E: From<Error>>(
    sort: F,
    fetch: impl AsyncFn(PageRequest<F>) -> store::Result<Page<T>>,
    position: impl Fn(&T, F) -> Position,
    mut each: impl FnMut(&T) -> Result<(), E>,
) -> Result<u64, E> {
    let (mut after, mut count) = (None, 0);
    loop {
        let request = PageRequest { limit: ROWS, sort: SortBy { field: sort, descending: false }, after };
        let page = fetch(request).await.map_err(|error| E::from(Error::from_store(error)))?;
        for item in &page.items {
            each(item)?;
            count += 1;
        }
        match page.items.last().filter(|_| page.has_more) {
            Some(last) => after = Some(position(last, sort)),
            None => return Ok(count),
        }
    }
}

/// A text.
#[expect(
    clippy::needless_pass_by_value,
    reason = "ids and words are copied, texts are handed over by reference"
)]
pub(super) fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

/// A text that may be missing.
pub(super) fn maybe(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, text)
}

/// A whole number.
pub(super) fn number(value: i64) -> Value {
    Value::Number(value.to_string())
}

/// Names and values.
pub(super) fn labels(labels: &Labels) -> Value {
    let sorted: BTreeMap<String, Value> =
        labels.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    Value::Map(sorted.into_iter().collect())
}
