//! What all lists promise: each row once, in order, whatever the page size and whatever is written meanwhile.

use std::fmt::Debug;

use shopctl::domain::page::{Page, PageRequest, Position, SortValue};

/// Reads a list to its end, page by page. Fails where a page is too long or says wrongly that more follow.
pub(super) async fn walk<F: Copy, T>(
    request: PageRequest<F>,
    list: impl AsyncFn(&PageRequest<F>) -> Page<T>,
    key: impl Fn(&T) -> (SortValue, String),
) -> Vec<T> {
    let mut request = request;
    let mut all: Vec<T> = Vec::new();
    loop {
        // Rows that come again would have it run for ever.
        assert!(all.len() < 10_000, "the list does not end");
        let page = list(&request).await;
        assert!(page.items.len() <= request.limit, "a page is longer than asked for");
        assert!(!page.has_more || page.items.len() == request.limit, "a short page says that more follow");
        if let Some(last) = page.items.last() {
            let (value, id) = key(last);
            request.after = Some(Position { value, id });
        }
        all.extend(page.items);
        if !page.has_more {
            return all;
        }
    }
}

/// Checks one order of a list in both directions, for pages of 1, 2 and everything.
pub(super) async fn check_sort<F: Copy + Debug, T: Clone + PartialEq + Debug>(
    field: F,
    all: &[T],
    list: impl AsyncFn(&PageRequest<F>) -> Page<T>,
    key: impl Fn(&T) -> (SortValue, String),
) {
    let comparable = |item: &T| match key(item) {
        (SortValue::Int(value), id) => (value, String::new(), id),
        (SortValue::Text(value), id) => (0, value, id),
    };
    let mut expected = all.to_vec();
    expected.sort_by_key(comparable);
    for descending in [false, true] {
        for limit in [1, 2, all.len(), all.len() + 1] {
            let request = crate::support::builders::page(field, descending, limit);
            let listed = walk(request, &list, &key).await;
            assert_eq!(listed, expected, "by {field:?}, descending {descending}, pages of {limit}");
        }
        expected.reverse();
    }
}

/// A sort value from a text.
pub(super) fn text(value: &(impl ToString + ?Sized)) -> SortValue {
    SortValue::Text(value.to_string())
}

/// A sort value from a number.
pub(super) fn int(value: i64) -> SortValue {
    SortValue::Int(value)
}
