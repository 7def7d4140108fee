//! What several conditions find that no single index holds.
//!
//! A list of it would read every document that one of them finds, to look at the others. Here ids are read first, without a document, and
//! an index that begins with the id, or holds it behind a condition, tells by its keys which of them meet the rest.

use std::collections::HashSet;

use futures_util::TryStreamExt;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::options::Hint;

use super::error::{code, code_of};
use super::list::{SortKey, Walk};
use super::rows::{Row, key_of};
use super::shared::Shared;
use crate::domain::page::{Page, PageRequest};
use crate::store::Result;

/// The most ids that are read: of what finds more, half a megabyte would be asked for. Such a list walks in its order instead, where a
/// condition that holds so often is soon met.
const MOST: usize = 10_000;
/// How many are read at first, and then of what finds more: most lists have a condition that few meet, and to learn that something is
/// common takes no more than these.
const FIRST: [usize; 3] = [100, 1000, MOST];
/// How often a page is read again of which a row has changed meanwhile, before it is read in another way.
pub(super) const REPEATS: usize = 5;
/// The most conditions that are tried.
const TRIES: usize = 5;

/// One condition, and the index that finds what meets it and holds everything that it asks.
pub(super) struct Condition {
    pub(super) index: &'static str,
    pub(super) filter: Document,
}

impl Shared {
    /// The ids of what the rarest of these finds; `None` where each finds too many, and on a store of an older schema, which lacks the
    /// indexes.
    pub(super) async fn rarest<R: Row>(&self, conditions: &[Condition]) -> Result<Option<Vec<String>>> {
        for most in FIRST {
            if let Some(ids) = self.at_most_of_any::<R>(conditions, most).await? {
                return Ok(Some(ids));
            }
        }
        Ok(None)
    }

    /// The ids of the rarest of these, if it finds no more than so many.
    pub(super) async fn at_most_of_any<R: Row>(
        &self,
        conditions: &[Condition],
        most: usize,
    ) -> Result<Option<Vec<String>>> {
        let mut fewest: Option<Vec<String>> = None;
        for condition in conditions.iter().take(TRIES) {
            let most = fewest.as_ref().map_or(most, Vec::len);
            fewest = self.at_most::<R>(condition, most).await?.or(fewest);
            // Looking for fewer would take longer than to look at so many.
            if fewest.as_ref().is_some_and(|ids| ids.len() <= FIRST[0]) {
                break;
            }
        }
        Ok(fewest)
    }

    /// One page of what a walk finds and all of these find too.
    pub(super) async fn joined<R: Row, F: Clone>(
        &self,
        walk: &Walk,
        others: &[Condition],
        key: SortKey,
        request: &PageRequest<F>,
    ) -> Result<Page<R::Value>> {
        let wanted = request.limit.saturating_add(1);
        let all = walk.filters.iter().chain(others.iter().map(|other| &other.filter));
        let all: Vec<Document> = all.cloned().collect();
        // Those ids lie behind the page before already.
        let given = PageRequest { after: None, ..request.clone() };
        for _ in 0..REPEATS {
            let ids = self.joined_ids::<R, F>(walk, others, key, request, wanted).await?;
            let Some(ids) = ids else { break };
            if ids.is_empty() {
                return Ok(Page::from_one_more(Vec::new(), request.limit));
            }
            let found = ids.len();
            let mut still = all.clone();
            still.push(doc! { "_id": { "$in": ids } });
            let still = Walk::by("_id_", doc! { "$and": still });
            let rows = self.rows::<R, F>(&still, key, &given, found).await?;
            // Fewer where one has changed since its key was read.
            if rows.len() == found {
                return Ok(Page::from_one_more(rows, request.limit));
            }
        }
        self.page::<R, F>(&Walk::by(walk.index, doc! { "$and": all }), key, request).await
    }

    /// The ids of so many of them in their order; `None` on a store of an older schema.
    async fn joined_ids<R: Row, F: Clone>(
        &self,
        walk: &Walk,
        others: &[Condition],
        key: SortKey,
        request: &PageRequest<F>,
        wanted: usize,
    ) -> Result<Option<Vec<String>>> {
        let (mut joined, mut after) = (Vec::new(), request.after.clone());
        loop {
            let stretch = PageRequest { limit: MOST, after, ..request.clone() };
            let positions = self.positions::<R, F>(walk, key, &stretch, MOST).await?;
            let mut left: HashSet<String> = positions.iter().map(|position| position.id.clone()).collect();
            for other in others {
                let mut filter = other.filter.clone();
                filter.insert("_id", doc! { "$in": left.into_iter().collect::<Vec<_>>() });
                let Some(found) = self.at_most::<R>(&Condition { filter, ..*other }, MOST).await? else {
                    return Ok(None);
                };
                left = found.into_iter().collect();
            }
            let last = positions.len() < MOST;
            after = positions.last().cloned();
            joined.extend(positions.into_iter().map(|position| position.id).filter(|id| left.contains(id)));
            if last || joined.len() >= wanted {
                joined.truncate(wanted);
                return Ok(Some(joined));
            }
        }
    }

    /// The ids of what one condition finds; `None` of more than so many.
    async fn at_most<R: Row>(&self, condition: &Condition, most: usize) -> Result<Option<Vec<String>>> {
        let count = i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX);
        // All in one answer, as far as answers go.
        let batch = u32::try_from(count).unwrap_or(u32::MAX);
        let collection = self.of::<R>();
        let find = collection.find(condition.filter.clone()).projection(doc! { "_id": 1 });
        let found = find.limit(count).batch_size(batch).hint(Hint::Name(condition.index.to_owned())).await;
        let cursor = match found {
            Err(error) if code_of(&error) == Some(code::BAD_VALUE) => return Ok(None),
            found => found.map_err(|error| self.explain(&error))?,
        };
        let found: Vec<RawDocumentBuf> = cursor.try_collect().await.map_err(|error| self.explain(&error))?;
        Ok((found.len() <= most).then(|| found.iter().map(|raw| key_of(raw)).collect()))
    }
}
