//! One page of a list.

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, DateTime, Document, RawDocumentBuf, doc};

use super::rows::{self, Row};
use super::shared::Shared;
use crate::domain::page::{Page, PageRequest, SortValue};
use crate::store::Result;

/// By what a list is sorted; each has an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SortKey {
    /// `_id`.
    Id,
    /// A field that no two documents share: an index on it alone gives the order.
    Unique(&'static str),
    /// Any other field; ties are broken by `_id`.
    Field(&'static str),
    /// The same, for a moment.
    Time(&'static str),
}

impl Shared {
    /// The documents that match, from where the page before ended.
    pub(super) async fn page<R: Row, F>(
        &self,
        filter: Document,
        key: SortKey,
        request: &PageRequest<F>,
    ) -> Result<Page<R::Value>> {
        let direction = if request.sort.descending { -1 } else { 1 };
        let (filter, sort) = keyset(filter, key, direction, request);
        let rows = i64::try_from(request.limit).unwrap_or(i64::MAX - 1) + 1;
        // The whole page in one answer, as far as answers go.
        let batch = u32::try_from(rows).unwrap_or(u32::MAX);
        let found = self.of::<R>().find(filter).sort(sort).limit(rows).batch_size(batch).await;
        let cursor = found.map_err(|error| self.explain(&error))?;
        let found: Vec<RawDocumentBuf> = cursor.try_collect().await.map_err(|error| self.explain(&error))?;
        let rows: Result<Vec<R::Value>> = found.iter().map(|raw| rows::decode::<R>(raw)).collect();
        Ok(Page::from_one_more(rows?, request.limit))
    }
}

/// Adds "strictly after this row" to a filter, and gives the order that goes with it.
fn keyset<F>(
    filter: Document,
    key: SortKey,
    direction: i32,
    request: &PageRequest<F>,
) -> (Document, Document) {
    let beyond = if direction > 0 { "$gt" } else { "$lt" };
    let and = |condition: Document| {
        let mut whole = filter.clone();
        // A filter may bound the field that it is sorted by.
        whole.insert("$and", vec![condition]);
        whole
    };
    let value = request.after.as_ref().map(|after| match (key, &after.value) {
        (SortKey::Time(_), SortValue::Int(millis)) => Bson::DateTime(DateTime::from_millis(*millis)),
        (_, SortValue::Int(number)) => Bson::Int64(*number),
        (_, SortValue::Text(text)) => Bson::String(text.clone()),
    });
    match key {
        SortKey::Id => {
            let sort = doc! { "_id": direction };
            match &request.after {
                Some(after) => (and(doc! { "_id": { beyond: &after.id } }), sort),
                None => (filter, sort),
            }
        }
        SortKey::Unique(field) => {
            let sort = doc! { field: direction };
            match value {
                Some(value) => (and(doc! { field: { beyond: value } }), sort),
                None => (filter, sort),
            }
        }
        SortKey::Field(field) | SortKey::Time(field) => {
            let sort = doc! { field: direction, "_id": direction };
            match (value, &request.after) {
                (Some(value), Some(after)) => {
                    // The filter stands in both branches, so that each is one walk of an index and the two are merged.
                    let tie = doc! { field: { "$eq": &value }, "_id": { beyond: &after.id } };
                    (doc! { "$or": [and(doc! { field: { beyond: value } }), and(tie)] }, sort)
                }
                _ => (filter, sort),
            }
        }
    }
}
