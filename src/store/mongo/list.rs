//! One page of a list.

use futures_util::TryStreamExt;
use mongodb::action::{Action, Find};
use mongodb::bson::{Bson, DateTime, Document, RawBsonRef, RawDocument, RawDocumentBuf, doc};
use mongodb::options::Hint;

use super::error::{code, code_of};
use super::rows::{self, Row};
use super::shared::Shared;
use crate::domain::page::{Page, PageRequest, Position, SortValue};
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

/// How the rows of a list are found.
pub(super) struct Walk {
    /// What matches any of these, of which no two match one document.
    pub(super) filters: Vec<Document>,
    /// By this index: the server, which tries plans on few documents, often takes one that reads many.
    pub(super) index: &'static str,
    /// What to ask of a store of an older schema, which has neither the index nor the fields that the filters go by.
    /// Nothing: the same.
    pub(super) older: Vec<Document>,
}

impl Walk {
    /// What matches a filter.
    pub(super) fn by(index: &'static str, filter: Document) -> Self {
        Self { filters: vec![filter], index, older: Vec::new() }
    }
}

impl Shared {
    /// What a walk finds, from where the page before ended.
    pub(super) async fn page<R: Row, F>(
        &self,
        walk: &Walk,
        key: SortKey,
        request: &PageRequest<F>,
    ) -> Result<Page<R::Value>> {
        // One more than asked for, to know whether more follow.
        let rows = self.rows::<R, F>(walk, key, request, request.limit.saturating_add(1)).await?;
        Ok(Page::from_one_more(rows, request.limit))
    }

    /// So many rows from where a page begins.
    pub(super) async fn rows<R: Row, F>(
        &self,
        walk: &Walk,
        key: SortKey,
        request: &PageRequest<F>,
        count: usize,
    ) -> Result<Vec<R::Value>> {
        let found = self.walk::<R, F>(walk, key, request, count, None).await?;
        found.iter().map(|raw| rows::decode::<R>(raw)).collect()
    }

    /// The positions of so many rows from where a page begins, as keys of the index tell them.
    pub(super) async fn positions<R: Row, F>(
        &self,
        walk: &Walk,
        key: SortKey,
        request: &PageRequest<F>,
        count: usize,
    ) -> Result<Vec<Position>> {
        let found = self.walk::<R, F>(walk, key, request, count, Some(key.projection())).await?;
        Ok(found.iter().map(|raw| key.position(raw)).collect())
    }

    /// The same as documents; only these members of them, if they are named.
    pub(super) async fn walk<R: Row, F>(
        &self,
        walk: &Walk,
        key: SortKey,
        request: &PageRequest<F>,
        count: usize,
        only: Option<Document>,
    ) -> Result<Vec<RawDocumentBuf>> {
        let direction = if request.sort.descending { -1 } else { 1 };
        let filter = |filters: &[Document]| {
            any_of(filters.iter().flat_map(|filter| from(filter, key, direction, request)).collect())
        };
        let rows = i64::try_from(count).unwrap_or(i64::MAX);
        // The whole page in one answer, as far as answers go.
        let batch = u32::try_from(rows).unwrap_or(u32::MAX);
        let collection = self.of::<R>();
        let find = |filters: &[Document]| {
            let find = collection.find(filter(filters)).sort(key.order(direction));
            find.optional(only.clone(), Find::projection).limit(rows).batch_size(batch)
        };
        let found = match find(&walk.filters).hint(Hint::Name(walk.index.to_owned())).await {
            // The store is one of an older schema that nobody has written to since: the index comes with the first write.
            Err(error) if code_of(&error) == Some(code::BAD_VALUE) => {
                find(if walk.older.is_empty() { &walk.filters } else { &walk.older }).await
            }
            found => found,
        };
        let cursor = found.map_err(|error| self.explain(&error))?;
        cursor.try_collect().await.map_err(|error| self.explain(&error))
    }
}

/// One filter, or several each of which is one walk of an index, so that the server merges them in order.
fn any_of(mut filters: Vec<Document>) -> Document {
    if filters.len() == 1 {
        filters.remove(0)
    } else {
        doc! { "$or": filters }
    }
}

impl SortKey {
    fn field(self) -> Option<&'static str> {
        match self {
            Self::Id => None,
            Self::Unique(field) | Self::Field(field) | Self::Time(field) => Some(field),
        }
    }

    fn order(self, direction: i32) -> Document {
        match self {
            Self::Id => doc! { "_id": direction },
            Self::Unique(field) => doc! { field: direction },
            Self::Field(field) | Self::Time(field) => doc! { field: direction, "_id": direction },
        }
    }

    fn projection(self) -> Document {
        let fields = std::iter::once("_id").chain(self.field());
        fields.map(|field| (field.to_owned(), Bson::Int32(1))).collect()
    }

    /// The place of a row in this order.
    fn position(self, raw: &RawDocument) -> Position {
        let id = rows::key_of(raw);
        let value = match self.field().and_then(|field| raw.get(field).ok().flatten()) {
            Some(RawBsonRef::Int64(number)) => SortValue::Int(number),
            Some(RawBsonRef::Int32(number)) => SortValue::Int(number.into()),
            Some(RawBsonRef::DateTime(at)) => SortValue::Int(at.timestamp_millis()),
            Some(RawBsonRef::String(text)) => SortValue::Text(text.to_owned()),
            _ => SortValue::Text(id.clone()),
        };
        Position { value, id }
    }
}

/// Adds "strictly after this row" to a filter, or "from the first" where there is none: without a condition on the first field of an
/// index the server does not look at its others before it reads the document. Two filters where rows may have the same sort value.
fn from<F>(filter: &Document, key: SortKey, direction: i32, request: &PageRequest<F>) -> Vec<Document> {
    let beyond = if direction > 0 { "$gt" } else { "$lt" };
    let and = |condition: Document| {
        let mut whole = filter.clone();
        // A filter may bound the field that it is sorted by, and hold conditions of its own.
        let mut all = whole.get_array("$and").cloned().unwrap_or_default();
        all.push(condition.into());
        whole.insert("$and", all);
        whole
    };
    let Some(after) = &request.after else {
        return vec![and(doc! { key.field().unwrap_or("_id"): { "$gte": Bson::MinKey } })];
    };
    let value = match (key, &after.value) {
        (SortKey::Time(_), SortValue::Int(millis)) => Bson::DateTime(DateTime::from_millis(*millis)),
        (_, SortValue::Int(number)) => Bson::Int64(*number),
        (_, SortValue::Text(text)) => Bson::String(text.clone()),
    };
    match key {
        SortKey::Id => vec![and(doc! { "_id": { beyond: &after.id } })],
        SortKey::Unique(field) => vec![and(doc! { field: { beyond: value } })],
        SortKey::Field(field) | SortKey::Time(field) => {
            let tie = doc! { field: { "$eq": &value }, "_id": { beyond: &after.id } };
            vec![and(doc! { field: { beyond: value } }), and(tie)]
        }
    }
}
