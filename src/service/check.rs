//! The rules that must always hold, checked on the live store, read-only.
//!
//! Reads page by page, so memory does not grow with the shop except for one counter a product. On a store that is being written
//! meanwhile a count may have moved between two reads; what looks broken is therefore read once more.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::error::{Error, Result};
use super::page::MAX_LIMIT;
use crate::domain::id::ProductId;
use crate::domain::inventory::{StockFilter, StockItem, StockSort};
use crate::domain::key::ProductKey;
use crate::domain::order::{Order, OrderFilter, OrderSort, is_edge};
use crate::domain::page::{PageRequest, Position, SortBy, SortValue};
use crate::store::{Check, Store};

/// Checks structure and rules; every result, sound or not, in a fixed order.
///
/// # Errors
/// Only the store's: a broken rule is a result, not an error.
pub async fn check(store: &Arc<dyn Store>) -> Result<Vec<Check>> {
    let mut checks = store.check_structure().await.map_err(Error::from_store)?;
    let (open, mut order_problem) = orders(&**store).await?;
    let mut stock_problem = stock(&**store, &open).await?;
    if stock_problem.is_some() || order_problem.is_some() {
        // Look again: another writer may have been between our two reads.
        let (open, second) = orders(&**store).await?;
        order_problem = second;
        stock_problem = stock(&**store, &open).await?;
    }
    checks.push(Check {
        name: "orders: counters, status, history and totals agree".to_owned(),
        problem: order_problem,
    });
    checks.push(Check {
        name: "stock: counts equal movements and open orders".to_owned(),
        problem: stock_problem,
    });
    Ok(checks)
}

/// What open orders reserve of each product, and the first order that breaks a rule.
async fn orders(store: &dyn Store) -> Result<(HashMap<ProductId, i64>, Option<String>)> {
    let mut open: HashMap<ProductId, i64> = HashMap::new();
    let mut problem = None;
    let mut after = None;
    loop {
        let sort = SortBy { field: OrderSort::Id, descending: false };
        let request = PageRequest { limit: MAX_LIMIT, sort, after };
        let page = store.list_orders(&OrderFilter::default(), &request).await.map_err(Error::from_store)?;
        for order in &page.items {
            for line in &order.lines {
                *open.entry(line.product_id).or_default() += line.open();
            }
            problem = problem.or_else(|| order_rule(order));
        }
        match page.items.last().filter(|_| page.has_more) {
            Some(last) => after = Some(by_id(last.id.to_string())),
            None => return Ok((open, problem)),
        }
    }
}

/// Rules 5 to 8. The line counters themselves cannot be read at all when they contradict each other.
fn order_rule(order: &Order) -> Option<String> {
    let broken = |what: &str| Some(format!("order {}: {what}", order.number));
    let mut standing = None;
    for entry in &order.history {
        if entry.from != standing || !is_edge(entry.from, entry.command, entry.to) {
            return broken(&format!("history has {} from {:?} to {}", entry.command, entry.from, entry.to));
        }
        standing = Some(entry.to);
    }
    if standing != Some(order.status()) {
        return broken(&format!("is {} but its history ends at {standing:?}", order.status()));
    }
    match order.total() {
        None => broken("the lines sum to more than can be written"),
        Some(total) if order.refunded.minor() > total.minor() => broken("more was refunded than it is worth"),
        Some(_) => None,
    }
}

/// Rules 1 to 4.
async fn stock(store: &dyn Store, open: &HashMap<ProductId, i64>) -> Result<Option<String>> {
    let mut seen: HashSet<ProductId> = HashSet::new();
    let mut after = None;
    loop {
        let sort = SortBy { field: StockSort::Id, descending: false };
        let request = PageRequest { limit: MAX_LIMIT, sort, after };
        let page = store.list_stock(&StockFilter::default(), &request).await.map_err(Error::from_store)?;
        for item in &page.items {
            seen.insert(item.product_id);
            let promised = open.get(&item.product_id).copied().unwrap_or(0);
            if promised != item.level.reserved() {
                let reserved = item.level.reserved();
                return Ok(Some(format!(
                    "{}: reserved {reserved}, but open orders hold {promised}",
                    item.sku
                )));
            }
            if let Some(problem) = ledger(store, item).await? {
                return Ok(Some(format!("{}: {problem}", item.sku)));
            }
        }
        match page.items.last().filter(|_| page.has_more) {
            Some(last) => after = Some(by_id(last.product_id.to_string())),
            None => break,
        }
    }
    let unkept = open.iter().find(|(id, promised)| **promised != 0 && !seen.contains(*id));
    if let Some((id, promised)) = unkept {
        let product = store.find_product(&ProductKey::Id(*id)).await.map_err(Error::from_store)?;
        let name = product.map_or(id.to_string(), |product| product.sku.to_string());
        return Ok(Some(format!("{name}: open orders hold {promised}, but no stock is kept")));
    }
    Ok(None)
}

/// Whether the movements of a product lead, without a gap, to its counts.
async fn ledger(store: &dyn Store, item: &StockItem) -> Result<Option<String>> {
    let (mut on_hand, mut reserved, mut seq) = (0_i64, 0_i64, 0_i64);
    loop {
        let after = Some(seq).filter(|&seq| seq > 0);
        let page = store
            .list_movements(item.product_id, after, false, MAX_LIMIT)
            .await
            .map_err(Error::from_store)?;
        for movement in &page.items {
            if movement.seq != seq + 1 {
                return Ok(Some(format!("movement {} follows {seq}", movement.seq)));
            }
            seq = movement.seq;
            on_hand += movement.on_hand_delta;
            reserved += movement.reserved_delta;
            if (movement.on_hand_after, movement.reserved_after) != (on_hand, reserved) {
                return Ok(Some(format!("movement {seq} does not lead to the counts it states")));
            }
        }
        if !page.has_more {
            break;
        }
    }
    let counts = (item.level.on_hand(), item.level.reserved(), item.seq);
    if (on_hand, reserved, seq) == counts {
        return Ok(None);
    }
    let (kept_on_hand, kept_reserved, _) = counts;
    Ok(Some(format!(
        "on hand {kept_on_hand} and reserved {kept_reserved}, but {seq} movements lead to {on_hand} and {reserved}"
    )))
}

fn by_id(id: String) -> Position {
    Position { value: SortValue::Text(id.clone()), id }
}
