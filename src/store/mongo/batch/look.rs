//! What a group reads to decide from: each kind with one query, however many members there are.

use std::collections::{BTreeMap, BTreeSet};

use mongodb::ClientSession;
use mongodb::bson::doc;

use super::decide::Seen;
use super::{Member, Work};
use crate::domain::id::{OrderId, ProductId};
use crate::domain::inventory::StockItem;
use crate::domain::number::{OrderNumber, Version};
use crate::domain::product::ProductStatus;
use crate::domain::sku::Sku;
use crate::domain::text::Reference;
use crate::store::mongo::rows::{self, OrderRow, ProductRow, Row, StockRow};
use crate::store::mongo::shared::Shared;
use crate::store::mongo::single::version_of;
use crate::store::mongo::transaction::Attempt;
use crate::store::plan::Found;
use crate::store::{Receipt, RecordedOrder};

impl Shared {
    /// Reads everything for a group.
    pub(super) async fn look(&self, session: &mut ClientSession, members: &[Member]) -> Attempt<Seen> {
        let receipts: Vec<&Receipt> = members.iter().filter_map(|member| member.receipt.as_deref()).collect();
        let requests = self.done_requests(session, &receipts).await?;
        let references = self.taken_references(session, members).await?;
        let numbers = self.taken_numbers(session, members).await?;
        let versions = self.order_versions(session, members).await?;
        let active = self.on_sale(session, members).await?;
        let (stock, skus) = self.stock_of(session, members).await?;
        Ok(Seen { requests, references, numbers, active, versions, stock, skus })
    }

    /// Which of the group's references other orders have. The unique index decides between two at once.
    async fn taken_references(
        &self,
        session: &mut ClientSession,
        members: &[Member],
    ) -> Attempt<BTreeSet<String>> {
        let reference = |member: &'_ Member| match &member.work {
            Work::Place(order, ..) => order.external_ref.as_ref().map(Reference::as_str).map(str::to_owned),
            Work::Record(recorded) => recorded.order.external_ref.as_ref().map(ToString::to_string),
            Work::Bring(..) | Work::Change(_) => None,
        };
        let wanted: Vec<String> = members.iter().filter_map(reference).collect();
        let mut taken = BTreeSet::new();
        if wanted.is_empty() {
            return Ok(taken);
        }
        let mut cursor = self
            .of::<OrderRow>()
            .find(doc! { "external_ref": { "$in": wanted } })
            .projection(doc! { "_id": 0, "external_ref": 1 })
            .session(&mut *session)
            .await?;
        while cursor.advance(session).await? {
            taken.extend(cursor.current().get_str("external_ref").ok().map(str::to_owned));
        }
        Ok(taken)
    }

    /// Which of the numbers that members want to keep other orders have.
    async fn taken_numbers(
        &self,
        session: &mut ClientSession,
        members: &[Member],
    ) -> Attempt<BTreeSet<OrderNumber>> {
        let wanted = members.iter().filter_map(|member| match &member.work {
            Work::Record(recorded) if recorded.keeps_number => Some(recorded.order.number.get()),
            _ => None,
        });
        let wanted: Vec<i64> = wanted.collect();
        let mut taken = BTreeSet::new();
        if wanted.is_empty() {
            return Ok(taken);
        }
        let mut cursor = self
            .of::<OrderRow>()
            .find(doc! { "number": { "$in": wanted } })
            .projection(doc! { "_id": 0, "number": 1 })
            .session(&mut *session)
            .await?;
        while cursor.advance(session).await? {
            let number = cursor.current().get_i64("number").ok();
            taken.extend(number.and_then(|number| OrderNumber::new(number).ok()));
        }
        Ok(taken)
    }

    /// The versions of the orders that the group brings on.
    async fn order_versions(
        &self,
        session: &mut ClientSession,
        members: &[Member],
    ) -> Attempt<BTreeMap<OrderId, Version>> {
        let brought = members.iter().filter_map(|member| match &member.work {
            Work::Bring(order, ..) => Some((order.id.to_string(), order.id)),
            Work::Place(..) | Work::Record(_) | Work::Change(_) => None,
        });
        let orders: BTreeMap<String, OrderId> = brought.collect();
        let mut versions = BTreeMap::new();
        if orders.is_empty() {
            return Ok(versions);
        }
        let ids: Vec<&String> = orders.keys().collect();
        let mut cursor = self
            .of::<OrderRow>()
            .find(doc! { "_id": { "$in": ids } })
            .projection(doc! { "version": 1 })
            .session(&mut *session)
            .await?;
        while cursor.advance(session).await? {
            let raw = cursor.current();
            let version = version_of(OrderRow::COLLECTION, raw)?;
            versions.extend(orders.get(&rows::key_of(raw)).map(|&id| (id, version)));
        }
        Ok(versions)
    }

    /// Which of the products that the group orders are on sale.
    async fn on_sale(&self, session: &mut ClientSession, members: &[Member]) -> Attempt<BTreeSet<ProductId>> {
        let ordered = members.iter().flat_map(|member| match &member.work {
            Work::Place(_, effects, _) => effects.as_slice(),
            Work::Bring(..) | Work::Record(_) | Work::Change(_) => &[],
        });
        let products: BTreeMap<String, ProductId> =
            ordered.map(|effect| (effect.product_id.to_string(), effect.product_id)).collect();
        let mut active = BTreeSet::new();
        if products.is_empty() {
            return Ok(active);
        }
        let ids: Vec<&String> = products.keys().collect();
        let mut cursor = self
            .of::<ProductRow>()
            .find(doc! { "_id": { "$in": ids }, "status": { "$eq": ProductStatus::Active.as_str() } })
            .projection(doc! { "_id": 1 })
            .session(&mut *session)
            .await?;
        while cursor.advance(session).await? {
            active.extend(products.get(&rows::key_of(cursor.current())));
        }
        Ok(active)
    }

    /// The records of all products of the group, and empty places for those without one.
    async fn stock_of(
        &self,
        session: &mut ClientSession,
        members: &[Member],
    ) -> Attempt<(BTreeMap<ProductId, Found>, BTreeMap<ProductId, Sku>)> {
        // Each product with the one who asks for it first: an empty place is called and dated as they say.
        let mut wanted = BTreeMap::new();
        for member in members {
            match &member.work {
                Work::Place(_, effects, context) | Work::Bring(_, effects, context) => {
                    for effect in effects {
                        wanted.entry(effect.product_id).or_insert((Some(&effect.sku), context.at));
                    }
                }
                Work::Record(RecordedOrder { stock, context, .. }) => {
                    for effect in stock {
                        wanted.entry(effect.product_id).or_insert((Some(&effect.sku), context.at));
                    }
                }
                Work::Change(change) => {
                    wanted.entry(change.product_id).or_insert((None, change.context.at));
                }
            }
        }
        let ids: Vec<String> = wanted.keys().map(ToString::to_string).collect();
        let mut kept = self.find_in::<StockRow>(session, doc! { "_id": { "$in": ids } }).await?;
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
