//! One page of a list: where it starts, how long it is, in which order.

/// The order of a list: a field, and whether from the largest down. Ties are broken by id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortBy<F> {
    /// By which field.
    pub field: F,
    /// From the largest down.
    pub descending: bool,
}

/// The sort value of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortValue {
    /// Milliseconds, minor units or counts.
    Int(i64),
    /// Folded text and ids, compared byte by byte.
    Text(String),
}

/// Where the page before ended: a list goes on strictly after this row, so that rows written meanwhile neither repeat nor
/// vanish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Sort value of the last row.
    pub value: SortValue,
    /// Id of the last row.
    pub id: String,
}

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<F> {
    /// At most this many rows, at least 1.
    pub limit: usize,
    /// In which order.
    pub sort: SortBy<F>,
    /// Strictly after this row; from the beginning without.
    pub after: Option<Position>,
}

/// Rows of a list, and whether more follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// At most as many as asked for.
    pub items: Vec<T>,
    /// Whether there was at least one row behind the last.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// From `limit + 1` rows read: the last, if it is there, only says that there are more.
    pub fn from_one_more(mut rows: Vec<T>, limit: usize) -> Self {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        Self { items: rows, has_more }
    }
}
