//! The rules of stock: three walks in the order of products, side by side, and what the orders hold.

use super::findings::{Breach, Findings, Target};
use super::rules::Rule;
use super::walk::Walk;
use super::{Open, Watch, catalogue};
use crate::domain::id::ProductId;
use crate::domain::inventory::StockLevel;
use crate::domain::sku::Sku;
use crate::service::error::{Error, Result};
use crate::store::{Account, StockPlan, Store, StoredMovement, StoredProduct, StoredStock, plan_stock};

/// Looks at products, stock records and movements, and at what orders hold of each product.
pub(super) async fn examine(
    store: &dyn Store,
    mut open: Open,
    findings: &mut Findings,
    watch: Watch<'_>,
) -> Result<()> {
    let mut products = Walk::<StoredProduct>::new(store, watch);
    let mut records = Walk::<StoredStock>::new(store, watch);
    let mut movements = Walk::<StoredMovement>::new(store, watch);
    loop {
        let keys = [products.peek().await?, records.peek().await?, movements.peek().await?];
        let Some(key) = keys.into_iter().flatten().min().map(str::to_owned) else { break };
        let mut account = Account::empty();
        if let Some(stored) = products.next_of(&key).await? {
            catalogue::product(&stored, findings);
            account.sku = Some(stored.sku.unwrap_or_default());
        }
        account.stock = records.next_of(&key).await?;
        while let Some(movement) = movements.next_of(&key).await? {
            account.chain.follow(movement.seq, movement.link.as_ref().map_err(String::as_str).copied());
        }
        let product = key.parse::<ProductId>().ok();
        if let Some(held) = product.and_then(|product| open.remove(&product)) {
            (account.ordered, account.open) = (true, held);
        }
        count(&account, findings);
        conclude(store, product, &key, account, findings).await?;
    }
    // What is left is named by orders only.
    for (product, held) in open {
        let account = Account { ordered: true, open: held, ..Account::empty() };
        count(&account, findings);
        conclude(store, Some(product), &product.to_string(), account, findings).await?;
    }
    Ok(())
}

fn count(account: &Account, findings: &mut Findings) {
    let kept = u64::from(account.stock.is_some());
    findings.checked(Rule::Readable, kept + account.chain.count);
    findings.checked(Rule::Counts, kept);
    findings.checked(Rule::Sums, u64::from(account.stock.is_some() || account.chain.count > 0));
    findings.checked(Rule::Sequence, account.chain.count);
    findings.checked(Rule::Reserved, u64::from(account.stock.is_some() || account.ordered));
    findings.checked(Rule::Products, kept + u64::from(account.ordered));
    findings.checked(Rule::Search, kept);
}

/// Notes what an account breaks. What was gathered in several reads is only a suspicion: it is read again, all at one moment.
async fn conclude(
    store: &dyn Store,
    product: Option<ProductId>,
    key: &str,
    gathered: Account,
    findings: &mut Findings,
) -> Result<()> {
    if judge(&gathered).is_empty() {
        return Ok(());
    }
    let account = match product {
        Some(product) => store.account(product).await.map_err(Error::from_store)?,
        // No program writes under such a key, so nobody is at it now.
        None => gathered,
    };
    let broken = judge(&account);
    if broken.is_empty() {
        return Ok(());
    }
    let mendable = product.filter(|_| matches!(plan_stock(&account), StockPlan::Write(_)));
    let shown = account.sku.clone().or_else(|| account.stock.as_ref()?.sku.clone());
    for Fault { rule, detail, movement, count } in broken {
        // A repair never touches a movement, and cannot bring a product back.
        let target = mendable.filter(|_| movement.is_none() && rule != Rule::Products);
        let breach = Breach {
            rule,
            kind: "product",
            key: shown.clone().unwrap_or_else(|| key.to_owned()),
            movement,
            detail,
            target: target.map(Target::Stock),
        };
        findings.broken(breach, count);
    }
    Ok(())
}

/// One rule that an account breaks.
struct Fault {
    rule: Rule,
    detail: String,
    movement: Option<i64>,
    count: u64,
}

impl Fault {
    fn new(rule: Rule, detail: impl Into<String>) -> Self {
        Self { rule, detail: detail.into(), movement: None, count: 1 }
    }
}

fn judge(account: &Account) -> Vec<Fault> {
    let mut broken = Vec::new();
    if let Some(first) = &account.chain.first {
        broken.push(Fault {
            rule: Rule::Sequence,
            detail: first.detail.clone(),
            movement: Some(first.seq),
            count: account.chain.faults,
        });
    }
    match &account.stock {
        Some(record) => with_record(account, record, &mut broken),
        None => without_record(account, &mut broken),
    }
    if account.ordered && account.sku.is_none() {
        broken.push(Fault::new(Rule::Products, "orders name it, but the product is gone"));
    }
    broken
}

fn without_record(account: &Account, broken: &mut Vec<Fault>) {
    let sums = (account.chain.on_hand, account.chain.reserved);
    if sums != (0, 0) {
        let detail =
            format!("no stock is kept, but movements lead to {} on hand and {} reserved", sums.0, sums.1);
        broken.push(Fault::new(Rule::Sums, detail));
    }
    if account.open != 0 {
        let detail = format!("open orders hold {}, but no stock is kept", account.open);
        broken.push(Fault::new(Rule::Reserved, detail));
    }
}

fn with_record(account: &Account, record: &StoredStock, broken: &mut Vec<Fault>) {
    let chain = &account.chain;
    let (Some(on_hand), Some(reserved), Some(seq)) = (record.on_hand, record.reserved, record.seq) else {
        let damage = record.damage.as_deref().unwrap_or("a count is missing");
        broken.push(Fault::new(Rule::Readable, format!("stock record: {damage}")));
        return;
    };
    if StockLevel::new(on_hand, reserved).is_err() {
        broken.push(Fault::new(Rule::Counts, format!("on hand {on_hand} with reserved {reserved}")));
    } else if let Some(damage) = &record.damage {
        broken.push(Fault::new(Rule::Readable, format!("stock record: {damage}")));
    }
    if (on_hand, reserved) != (chain.on_hand, chain.reserved) {
        let (last, due_on_hand, due_reserved) = (chain.count, chain.on_hand, chain.reserved);
        let detail = format!(
            "on hand {on_hand} and reserved {reserved}, but {last} movements lead to {due_on_hand} and {due_reserved}"
        );
        broken.push(Fault::new(Rule::Sums, detail));
    }
    if seq != chain.seq {
        let detail = format!("the stock record is at movement {seq}, the last one is {}", chain.seq);
        broken.push(Fault::new(Rule::Sequence, detail));
    }
    if reserved != account.open {
        let detail = format!("reserved {reserved}, but open orders hold {}", account.open);
        broken.push(Fault::new(Rule::Reserved, detail));
    }
    let filed = record.sku.as_deref().and_then(|sku| sku.parse::<Sku>().ok());
    let norm = filed.as_ref().map(Sku::norm);
    match &account.sku {
        None => broken.push(Fault::new(Rule::Products, "stock is kept, but the product is gone")),
        Some(sku) if record.sku.as_deref() != Some(sku.as_str()) || record.sku_norm.as_deref() != norm => {
            let shown = record.sku.as_deref().unwrap_or_default();
            broken.push(Fault::new(Rule::Keys, format!("the stock record is filed as {shown:?}")));
        }
        Some(_) => {}
    }
    // Where the counts are wrong, so is this, and it is put right with them.
    if broken.is_empty() && !record.listed {
        broken.push(Fault::new(Rule::Search, "lists of what is low do not go by its counts"));
    }
}
