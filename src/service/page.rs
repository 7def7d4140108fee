//! Lists: limits, sort words and cursors.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use crate::domain::invalid::Invalid;
use crate::domain::page::{Page, PageRequest, Position, SortBy, SortValue};

/// Rows of a page where nobody says how many.
pub const DEFAULT_LIMIT: usize = 50;
/// The most rows of one page.
pub const MAX_LIMIT: usize = 200;

/// Which part of a list, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageInput {
    /// Rows, 1 to [`MAX_LIMIT`]; [`DEFAULT_LIMIT`] without.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// A field's name, with `-` in front for the largest first.
    pub sort: Option<String>,
}

/// One page for whoever asked.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Whether more follow.
    pub has_more: bool,
    /// Where the next page begins; opaque, and good only with the same filters and sort.
    pub next_cursor: Option<String>,
}

/// What a cursor holds. It is no secret and no promise: a forged one merely starts a list elsewhere.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    /// Fingerprint of filter and sort.
    f: String,
    /// Sort value of the last row.
    v: Value,
    /// Id of the last row.
    i: String,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Int(i64),
    Text(String),
}

/// A parsed page request with what is needed to make the next cursor.
pub(super) struct Paging<F> {
    pub(super) request: PageRequest<F>,
    fingerprint: String,
}

impl PageInput {
    /// Parses limit, sort word and cursor for a list with this filter.
    pub(super) fn parse<F, Q>(&self, filter: &Q, default: F) -> Result<Paging<F>>
    where
        F: FromStr<Err = Invalid> + Display + Copy,
        Q: Debug,
    {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let detail = format!("limit {limit} is not between 1 and {MAX_LIMIT}");
            return Err(Error::invalid("/limit", Invalid::new("invalid_limit", detail)));
        }
        let sort = match self.sort.as_deref() {
            None => SortBy { field: default, descending: false },
            Some(text) => {
                let (descending, word) = match text.strip_prefix('-') {
                    Some(word) => (true, word),
                    None => (false, text),
                };
                let field = word.parse().map_err(|invalid| Error::invalid("/sort", invalid))?;
                SortBy { field, descending }
            }
        };
        // `Debug` of a filter names every field and value: two filters with the same text are the same filter.
        let described = format!("{filter:?} {} {}", sort.field, sort.descending);
        let fingerprint = URL_SAFE_NO_PAD.encode(&Sha256::digest(described.as_bytes())[..9]);
        let after = self.cursor.as_deref().map(|text| decode(text, &fingerprint)).transpose()?;
        Ok(Paging { request: PageRequest { limit, sort, after }, fingerprint })
    }
}

impl<F: Copy> Paging<F> {
    /// A page for whoever asked; `position` names a row for the cursor.
    pub(super) fn listing<T, V>(
        &self,
        page: Page<T>,
        position: impl Fn(&T, F) -> Position,
        view: impl Fn(T) -> V,
    ) -> Listing<V> {
        let last = page.items.last().filter(|_| page.has_more);
        let next_cursor = last.map(|row| encode(position(row, self.request.sort.field), &self.fingerprint));
        Listing { has_more: page.has_more, next_cursor, items: page.items.into_iter().map(view).collect() }
    }
}

fn encode(position: Position, fingerprint: &str) -> String {
    let v = match position.value {
        SortValue::Int(int) => Value::Int(int),
        SortValue::Text(text) => Value::Text(text),
    };
    let cursor = Cursor { f: fingerprint.to_owned(), v, i: position.id };
    // Three strings and a number always serialise.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
}

fn decode(text: &str, fingerprint: &str) -> Result<Position> {
    let refused = |detail: &str| Error::invalid("/cursor", Invalid::new("invalid_cursor", detail));
    let cursor: Cursor = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| refused("the cursor is not one that a list gave"))?;
    if cursor.f != fingerprint {
        return Err(refused("the cursor belongs to a list with other filters or another sort"));
    }
    let value = match cursor.v {
        Value::Int(int) => SortValue::Int(int),
        Value::Text(text) => SortValue::Text(text),
    };
    Ok(Position { value, id: cursor.i })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::ProductSort;

    fn input(cursor: Option<String>, sort: &str) -> PageInput {
        PageInput { limit: None, cursor, sort: Some(sort.to_owned()) }
    }

    #[test]
    fn a_cursor_goes_on_where_it_was_made_and_nowhere_else() {
        let paging = input(None, "-price").parse(&"filter a", ProductSort::Id).unwrap();
        let position = Position { value: SortValue::Int(5), id: "prd_1".into() };
        let page = Page { items: vec![1], has_more: true };
        let cursor = paging.listing(page, |_, _| position.clone(), |n| n).next_cursor.unwrap();
        let again = input(Some(cursor.clone()), "-price").parse(&"filter a", ProductSort::Id).unwrap();
        assert_eq!(again.request.after, Some(position));
        for (filter, sort) in [("filter b", "-price"), ("filter a", "price")] {
            let error = input(Some(cursor.clone()), sort).parse(&filter, ProductSort::Id).err().unwrap();
            assert_eq!(error.code, "invalid_cursor");
        }
    }

    #[test]
    fn refuses_limits_sorts_and_cursors_that_are_none() {
        let parse = |input: PageInput| input.parse(&(), ProductSort::Id).err().unwrap().code;
        for limit in [0, 201] {
            assert_eq!(parse(PageInput { limit: Some(limit), ..PageInput::default() }), "invalid_limit");
        }
        assert_eq!(parse(input(None, "colour")), "invalid_sort");
        for bad in ["", "x", "e30", "////"] {
            assert_eq!(parse(input(Some(bad.into()), "id")), "invalid_cursor");
        }
    }
}
