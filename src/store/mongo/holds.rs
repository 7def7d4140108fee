//! Orders whose hold has ended.

use futures_util::TryStreamExt;
use mongodb::bson::{RawDocumentBuf, doc};

use super::filter::time;
use super::rows::{self, HoldRow};
use super::shared::Shared;
use crate::domain::clock::Timestamp;
use crate::domain::order::{EndedHold, OrderStatus};
use crate::domain::page::Page;
use crate::store::Result;

impl Shared {
    /// One page of them, the longest ended first. Filter, order and fields are all those of one index.
    pub(super) async fn ended_holds(
        &self,
        at: Timestamp,
        after: Option<EndedHold>,
        limit: usize,
    ) -> Result<Page<EndedHold>> {
        let mut ended = doc! { "$lte": time(at) };
        let mut filter = doc! { "status": { "$eq": OrderStatus::Pending.as_str() } };
        if let Some(last) = after {
            ended.insert("$gte", time(last.until));
            let behind = doc! { "_id": { "$gt": last.order.to_string() } };
            filter.insert("$or", vec![doc! { "hold_until": { "$gt": time(last.until) } }, behind]);
        }
        filter.insert("hold_until", ended);
        let rows = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
        let found = self
            .of::<HoldRow>()
            .find(filter)
            .projection(doc! { "_id": 1, "hold_until": 1 })
            .sort(doc! { "hold_until": 1, "_id": 1 })
            .limit(rows)
            .await;
        let found: Vec<RawDocumentBuf> = match found {
            Ok(cursor) => cursor.try_collect().await.map_err(|error| self.explain(&error))?,
            Err(error) => return Err(self.explain(&error)),
        };
        let holds: Result<Vec<EndedHold>> = found.iter().map(|raw| rows::decode::<HoldRow>(raw)).collect();
        Ok(Page::from_one_more(holds?, limit))
    }
}
