//! What a group reads to decide from: all of it with one command, however many members there are.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::ClientSession;
use mongodb::bson::{RawDocumentBuf, doc};

use super::decide::Seen;
use super::gather::Query;
use super::{Member, Work};
use crate::domain::clock::Timestamp;
use crate::domain::id::{OrderId, ProductId, UserId};
use crate::domain::inventory::{StockEffect, StockItem};
use crate::domain::number::{OrderNumber, Version};
use crate::domain::product::ProductStatus;
use crate::domain::sku::Sku;
use crate::store::mongo::rows::{self, OrderRow, ProductRow, Row, StockRow, UserRow};
use crate::store::mongo::shared::Shared;
use crate::store::mongo::single::version_of;
use crate::store::mongo::transaction::Attempt;
use crate::store::plan::Found;
use crate::store::{KnownCustomer, Premises, Receipt, RecordedOrder, Result};

/// What the members of a group are about.
#[derive(Default)]
struct Asked<'a> {
    references: Vec<String>,
    /// Numbers that members want to keep.
    numbers: Vec<i64>,
    /// Orders that are brought on.
    brought: BTreeMap<String, OrderId>,
    /// Products that are ordered.
    ordered: BTreeMap<String, ProductId>,
    users: BTreeMap<String, UserId>,
    /// Normalised addresses.
    guests: BTreeSet<String>,
    /// Products whose stock changes, each with the one who asks for it first: an empty place is called and dated as they say.
    stock: BTreeMap<ProductId, (Option<&'a Sku>, Timestamp)>,
}

impl<'a> Asked<'a> {
    fn by(members: &'a [Member]) -> Self {
        let mut asked = Self::default();
        for member in members {
            match &member.work {
                Work::Place { order, premises, effects, context } => {
                    asked.references.extend(order.external_ref.as_ref().map(ToString::to_string));
                    asked.ordered.extend(
                        effects.iter().map(|effect| (effect.product_id.to_string(), effect.product_id)),
                    );
                    asked.customer(premises);
                    asked.effects(effects, context.at);
                }
                Work::Bring(order, effects, context) => {
                    asked.brought.insert(order.id.to_string(), order.id);
                    asked.effects(effects, context.at);
                }
                Work::Record(RecordedOrder { order, keeps_number, stock, context, .. }) => {
                    asked.references.extend(order.external_ref.as_ref().map(ToString::to_string));
                    asked.numbers.extend(keeps_number.then_some(order.number.get()));
                    asked.effects(stock, context.at);
                }
                Work::Change(change) => {
                    asked.stock.entry(change.product_id).or_insert((None, change.context.at));
                }
            }
        }
        asked
    }

    fn customer(&mut self, premises: &Premises) {
        match &premises.customer {
            Some(KnownCustomer::User(id, _)) => drop(self.users.insert(id.to_string(), *id)),
            Some(KnownCustomer::Guest(email)) => drop(self.guests.insert(email.norm().to_owned())),
            None => {}
        }
    }

    fn effects(&mut self, effects: &'a [StockEffect], at: Timestamp) {
        for effect in effects {
            self.stock.entry(effect.product_id).or_insert((Some(&effect.sku), at));
        }
    }

    /// References, numbers, orders, products, customers and stock.
    fn queries(&self) -> [Option<Query>; 6] {
        let query =
            |asked: bool, collection, filter, fields| asked.then_some(Query { collection, filter, fields });
        let customers = match (self.users.is_empty(), self.guests.is_empty()) {
            (_, true) => doc! { "_id": { "$in": self.users.keys().collect::<Vec<_>>() } },
            (true, false) => doc! { "email_norm": { "$in": self.guests.iter().collect::<Vec<_>>() } },
            (false, false) => doc! { "$or": [
                { "_id": { "$in": self.users.keys().collect::<Vec<_>>() } },
                { "email_norm": { "$in": self.guests.iter().collect::<Vec<_>>() } },
            ] },
        };
        [
            query(
                !self.references.is_empty(),
                OrderRow::COLLECTION,
                doc! { "external_ref": { "$in": &self.references } },
                Some(doc! { "_id": 0, "external_ref": 1 }),
            ),
            query(
                !self.numbers.is_empty(),
                OrderRow::COLLECTION,
                doc! { "number": { "$in": &self.numbers } },
                Some(doc! { "_id": 0, "number": 1 }),
            ),
            query(
                !self.brought.is_empty(),
                OrderRow::COLLECTION,
                doc! { "_id": { "$in": self.brought.keys().collect::<Vec<_>>() } },
                Some(doc! { "version": 1 }),
            ),
            query(
                !self.ordered.is_empty(),
                ProductRow::COLLECTION,
                doc! { "_id": { "$in": self.ordered.keys().collect::<Vec<_>>() } },
                Some(doc! { "version": 1, "status": 1 }),
            ),
            query(
                !self.users.is_empty() || !self.guests.is_empty(),
                UserRow::COLLECTION,
                customers,
                Some(doc! { "version": 1, "email_norm": 1 }),
            ),
            query(
                !self.stock.is_empty(),
                StockRow::COLLECTION,
                doc! { "_id": { "$in": self.stock.keys().map(ToString::to_string).collect::<Vec<_>>() } },
                None,
            ),
        ]
    }
}

impl Shared {
    /// Reads everything for a group.
    pub(super) async fn look(&self, session: &mut ClientSession, members: &[Member]) -> Attempt<Seen> {
        let receipts: Vec<&Receipt> = members.iter().filter_map(|member| member.receipt.as_deref()).collect();
        let requests = self.done_requests(session, &receipts).await?;
        let asked = Asked::by(members);
        let [references, numbers, brought, products, customers, stock] =
            self.gather(session, asked.queries()).await?;
        let mut seen = Seen { requests, ..Seen::default() };
        let text = |raw: &RawDocumentBuf, field| raw.get_str(field).ok().map(str::to_owned);
        seen.references = references.iter().filter_map(|raw| text(raw, "external_ref")).collect();
        let number = |raw: &RawDocumentBuf| OrderNumber::new(raw.get_i64("number").ok()?).ok();
        seen.numbers = numbers.iter().filter_map(number).collect();
        seen.versions = versions::<OrderRow, _>(&brought, &asked.brought)?;
        seen.products = versions::<ProductRow, _>(&products, &asked.ordered)?;
        let active = |raw: &&RawDocumentBuf| {
            raw.get_str("status").is_ok_and(|is| is == ProductStatus::Active.as_str())
        };
        let id = |raw: &RawDocumentBuf| asked.ordered.get(&rows::key_of(raw)).copied();
        seen.on_sale = products.iter().filter(active).filter_map(id).collect();
        seen.users = versions::<UserRow, _>(&customers, &asked.users)?;
        seen.registered = customers.iter().filter_map(|raw| text(raw, "email_norm")).collect();
        (seen.stock, seen.skus) = self.places(session, asked.stock, &stock).await?;
        Ok(seen)
    }

    /// The stock records that were found, and empty places for products without one.
    async fn places(
        &self,
        session: &mut ClientSession,
        wanted: BTreeMap<ProductId, (Option<&Sku>, Timestamp)>,
        found: &[RawDocumentBuf],
    ) -> Attempt<(BTreeMap<ProductId, Found>, BTreeMap<ProductId, Sku>)> {
        let kept = found.iter().map(|raw| Ok((rows::key_of(raw), rows::decode::<StockRow>(raw)?)));
        let mut kept: BTreeMap<String, StockItem> = kept.collect::<Result<_>>()?;
        let (mut stock, mut skus) = (BTreeMap::new(), BTreeMap::new());
        let missing: Vec<ProductId> =
            wanted.keys().copied().filter(|id| !kept.contains_key(&id.to_string())).collect();
        let mut products = self.products_in(session, &missing).await?;
        let moved = self.moved_before(session, &missing).await?;
        for (id, (called, at)) in wanted {
            if let Some(item) = kept.remove(&id.to_string()) {
                stock.insert(id, Found { item, stored: true });
                continue;
            }
            let sku = products.remove(&id.to_string()).map(|product| product.sku);
            skus.extend(sku.clone().map(|sku| (id, sku)));
            if let Some(sku) = sku.as_ref().or(called) {
                let last = if moved.contains(&id) { self.last_seq_in(session, id).await? } else { 0 };
                let item = StockItem::empty(id, sku.clone(), at, last);
                stock.insert(id, Found { item, stored: false });
            }
        }
        Ok((stock, skus))
    }
}

/// The versions of what was found, by id.
fn versions<R: Row, Id: Copy + Ord>(
    found: &[RawDocumentBuf],
    ids: &BTreeMap<String, Id>,
) -> Result<BTreeMap<Id, Version>> {
    let mut versions = BTreeMap::new();
    for raw in found {
        if let Some(&id) = ids.get(&rows::key_of(raw)) {
            versions.insert(id, version_of(R::COLLECTION, raw)?);
        }
    }
    Ok(versions)
}
